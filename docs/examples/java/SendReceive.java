import jakarta.jms.JMSContext;
import jakarta.jms.Queue;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Sends a durable message to a queue and receives it: {@code mvn -q compile exec:java}. */
public final class SendReceive {
    public static void main(String[] arguments) {
        String url = arguments.length > 0 ? arguments[0] : "amqp://127.0.0.1:5672";
        try (JMSContext context = new JmsConnectionFactory(url).createContext()) {
            Queue orders = context.createQueue("orders");
            context.createProducer().send(orders, "hello from Java");
            System.out.println(context.createConsumer(orders).receiveBody(String.class, 10_000));
        }
    }
}
