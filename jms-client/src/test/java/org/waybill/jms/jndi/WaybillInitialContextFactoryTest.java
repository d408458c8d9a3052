package org.waybill.jms.jndi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Hashtable;
import java.util.Map;
import javax.naming.CompositeName;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NameClassPair;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.OperationNotSupportedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.jms.WaybillXAConnectionFactory;

@SuppressWarnings({"BanJNDI", "JdkObsolete"})
class WaybillInitialContextFactoryTest {
    private static Context context(String... properties) throws NamingException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, WaybillInitialContextFactory.class.getName());
        for (int i = 0; i < properties.length; i += 2) {
            environment.put(properties[i], properties[i + 1]);
        }
        return new InitialContext(environment);
    }

    @Test
    void findsWhatPropertiesName() throws NamingException, JMSException {
        Context context = context(
                "connectionfactory.main",
                "amqp://broker:1?jms.clientID=me",
                "queue.orders",
                "shop.orders",
                "topic.jms/news",
                "shop.news");

        assertThat(((WaybillConnectionFactory) context.lookup("main")).getUri())
                .isEqualTo("amqp://broker:1?jms.clientID=me");
        assertThat(((Queue) context.lookup("orders")).getQueueName()).isEqualTo("shop.orders");
        assertThat(((Topic) context.lookup("jms/news")).getTopicName()).isEqualTo("shop.news");
        assertThat(((Topic) context.lookup(new CompositeName("jms/news"))).getTopicName())
                .isEqualTo("shop.news");
        assertThat(((Topic) ((Context) context.lookup("jms")).lookup("news")).getTopicName())
                .isEqualTo("shop.news");
    }

    @Test
    void makesFactoriesForXa() throws NamingException {
        Context context = context(
                "connectionfactory.main",
                "amqp://broker:1",
                "xaconnectionfactory.jms/xa",
                "failover:(amqp://broker:1)",
                "property.connectionfactory.jms/xa.clientID",
                "me",
                "default.connectionfactory.sendTimeout",
                "5000");

        assertThat(context.lookup("main")).isNotInstanceOf(WaybillXAConnectionFactory.class);
        WaybillXAConnectionFactory factory = (WaybillXAConnectionFactory) context.lookup("jms/xa");
        assertThat(factory.getUri()).isEqualTo("failover:(amqp://broker:1)");
        assertThat(factory.getOptions())
                .containsOnly(Map.entry("jms.clientID", "me"), Map.entry("jms.sendTimeout", "5000"));
        assertThatExceptionOfType(NameNotFoundException.class)
                .isThrownBy(() -> context("xaconnectionfactory.x", "amqp://a").lookup("ConnectionFactory"));
        assertThatExceptionOfType(NamingException.class)
                .isThrownBy(() -> context("xaconnectionfactory.x", "amqp://a?jms.sendTimout=1"))
                .withMessage(
                        "xaconnectionfactory.x: option 'jms.sendTimout' is not known; did you mean 'jms.sendTimeout'?");
    }

    @Test
    void makesDestinationsOfAnyName() throws NamingException, JMSException {
        Context context = context();

        assertThat(((Queue) context.lookup("dynamicQueues/a.b/c")).getQueueName())
                .isEqualTo("a.b/c");
        assertThat(((Topic) context.lookup("dynamicTopics/t")).getTopicName()).isEqualTo("t");
        assertThat(((Queue) ((Context) context.lookup("dynamicQueues")).lookup("q")).getQueueName())
                .isEqualTo("q");
    }

    @Test
    void hasTheStandardFactoriesWhereNoneIsNamed() throws NamingException {
        Context context = context(Context.PROVIDER_URL, "failover:(amqp://a)?jms.clientID=me");

        for (String name : new String[] {"ConnectionFactory", "QueueConnectionFactory", "TopicConnectionFactory"}) {
            assertThat(((WaybillConnectionFactory) context.lookup(name)).getUri())
                    .isEqualTo("failover:(amqp://a)?jms.clientID=me");
        }
        assertThat(((WaybillConnectionFactory) context().lookup("ConnectionFactory")).getUri())
                .isEqualTo(WaybillConnectionFactory.DEFAULT_URI);
    }

    @Test
    void takesOptionsForOneFactoryAndForAll() throws NamingException {
        Context context = context(
                "connectionfactory.a",
                "amqp://a",
                "connectionfactory.b",
                "",
                "property.connectionfactory.b.remoteURI",
                "amqp://b",
                "property.connectionfactory.b.username",
                "bob",
                "property.connectionfactory.b.jms.sendTimeout",
                "5",
                "default.connectionfactory.prefetchPolicy.all",
                "7",
                "default.connectionfactory.amqp.idleTimeout",
                "9");

        WaybillConnectionFactory b = (WaybillConnectionFactory) context.lookup("b");
        assertThat(b.getUri()).isEqualTo("amqp://b");
        assertThat(b.getUsername()).isEqualTo("bob");
        assertThat(b.getOptions())
                .containsOnlyKeys("jms.username", "jms.sendTimeout", "jms.prefetchPolicy.all", "amqp.idleTimeout");
        assertThat(((WaybillConnectionFactory) context.lookup("a")).getOptions())
                .containsOnlyKeys("jms.prefetchPolicy.all", "amqp.idleTimeout");
    }

    @Test
    void readsMorePropertiesFromAFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("more.properties");
        Files.writeString(file, "queue.orders = ${shop:-none}.orders\nshop = here\n");

        Context byPath = context(Context.PROVIDER_URL, file.toString());
        Context byUrl = context(Context.PROVIDER_URL, file.toUri().toString());

        assertThat(((Queue) byPath.lookup("orders")).getQueueName()).isEqualTo("here.orders");
        assertThat(((Queue) byUrl.lookup("orders")).getQueueName()).isEqualTo("here.orders");
        assertThatExceptionOfType(NamingException.class)
                .isThrownBy(() ->
                        context(Context.PROVIDER_URL, folder.resolve("missing").toString()))
                .withMessageContaining("neither a connection URI nor a file of properties that can be read");
    }

    @Test
    void replacesVariables() throws NamingException, JMSException {
        Context context = context(
                "queue.a",
                "${java.version}-x",
                "queue.b",
                "${nowhere.to.be.found:-other}",
                "queue.c",
                "${one}",
                "one",
                "${two}!",
                "two",
                "2");

        assertThat(((Queue) context.lookup("a")).getQueueName()).isEqualTo(System.getProperty("java.version") + "-x");
        assertThat(((Queue) context.lookup("b")).getQueueName()).isEqualTo("other");
        assertThat(((Queue) context.lookup("c")).getQueueName()).isEqualTo("2!");
        assertThatExceptionOfType(NamingException.class)
                .isThrownBy(() -> context("queue.a", "${nowhere.to.be.found}"))
                .withMessageContaining("'${nowhere.to.be.found}' stands for nothing");
        assertThatExceptionOfType(NamingException.class)
                .isThrownBy(() -> context("queue.a", "${circle}", "circle", "${circle}"))
                .withMessageContaining("refers to itself");
    }

    @Test
    void saysWhatIsWrong() {
        assertThatExceptionOfType(NamingException.class)
                .isThrownBy(() -> context("connectionfactory.main", "amqp://a?jms.sendTimout=1"))
                .withMessage(
                        "connectionfactory.main: option 'jms.sendTimout' is not known; did you mean 'jms.sendTimeout'?");
        assertThatExceptionOfType(NamingException.class)
                .isThrownBy(() ->
                        context("connectionfactory.main", "amqp://a", "property.connectionfactory.main.user", "x"))
                .withMessageContaining("option 'user' is not known");
        assertThatExceptionOfType(NamingException.class)
                .isThrownBy(() -> context("queue.x", "a", "topic.x", "b"))
                .withMessage("the name 'x' is given to two objects");
        assertThatExceptionOfType(NameNotFoundException.class)
                .isThrownBy(() -> context("queue.x", "a").lookup("y"))
                .withMessageContaining("there is no 'y'");
    }

    @Test
    void listsWhatThereIsAndLetsNobodyChangeIt() throws NamingException {
        Context context = context("queue.jms/a", "a", "queue.jms/b", "b", "connectionfactory.main", "amqp://a");

        assertThat(Collections.list(context.list("")))
                .extracting(NameClassPair::getName)
                .containsExactly("jms", "main");
        assertThat(Collections.list(context.listBindings("jms")))
                .extracting(NameClassPair::getName)
                .containsExactly("a", "b");
        assertThatExceptionOfType(OperationNotSupportedException.class).isThrownBy(() -> context.bind("c", "c"));
        assertThat(((Context) context.lookup("")).composeName("a", "jms")).isEqualTo("jms/a");
    }
}
