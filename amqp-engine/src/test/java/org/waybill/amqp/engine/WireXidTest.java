package org.waybill.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.junit.jupiter.api.Test;

/** The codec reads and writes the ids of branches as docs/xa-over-amqp.md prints them. */
class WireXidTest {
    /** The start of Xid(32, 01020304, 09). */
    private static final String START =
            "005377005331c0220100a31077617962696c6c3a7869643a6c697374" + "c00c035420a00401020304a00109";

    private final Codec codec = new Codec();

    @Test
    void readsTheGlobalIdOfADeclare() {
        AmqpValue body =
                (AmqpValue) codec.decodeAll(HexFormat.of().parseHex(START)).get(0);

        assertThat(((Declare) body.getValue()).getGlobalId()).isEqualTo(new WireXid(xid()));
    }

    @Test
    void readsAGlobalIdThatIsNoXidAsItStands() {
        byte[] number = HexFormat.of().parseHex("005377005331c0160100a31077617962696c6c3a7869643a6c6973745407");
        AmqpValue body = (AmqpValue) codec.decodeAll(number).get(0);

        assertThat(((Declare) body.getValue()).getGlobalId()).isEqualTo(new WireXid(7));
    }

    @Test
    void refusesAGlobalIdOfAnotherType() {
        byte[] other = HexFormat.of().parseHex("005377005331c00b0100a305782d7869645407");

        assertThatThrownBy(() -> codec.decodeAll(other)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void writesADeclareAndListsOfIds() {
        Declare declare = new Declare();
        declare.setGlobalId(new WireXid(xid()));
        for (Object value : List.of(declare, List.of(new WireXid(xid()), new WireXid(xid())))) {
            Object read = ((AmqpValue)
                            codec.decodeAll(codec.encode(new AmqpValue(value))).get(0))
                    .getValue();
            if (read instanceof Declare back) {
                assertThat(back.getGlobalId()).isEqualTo(declare.getGlobalId());
            } else {
                assertThat(read).isEqualTo(value);
            }
        }
    }

    private static List<Object> xid() {
        return List.of(32, new Binary(new byte[] {1, 2, 3, 4}), new Binary(new byte[] {9}));
    }
}
