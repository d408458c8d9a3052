package org.waybill.systemtests.day;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Histories made by hand: each rule passes a good one and catches the bad ones it is there for. Times are in milliseconds. */
final class CheckerTest {
    private static final String ORDERS =
            """
            1 p START
            2 p SEND id=p/1 to=queue:q durable=true
            3 p SETTLED id=p/1
            4 p SEND id=p/2 to=queue:q durable=true
            5 p SETTLED id=p/2
            6 p SEND id=p/3 to=queue:q durable=true
            """;

    @Test
    void passesAnOrdinaryDay() {
        assertThat(
                        offences(
                                ORDERS
                                        + """
                                10 c START from=queue:q mode=client
                                11 c GET id=p/1 from=queue:q mode=client redelivered=false
                                12 c ACK
                                13 c GET id=p/2 from=queue:q mode=client redelivered=false
                                14 day KILL victim=c
                                20 c START from=queue:q mode=client
                                21 c GET id=p/2 from=queue:q mode=client redelivered=true
                                22 c ACK
                                23 c CLOSE
                                24 c CLOSED
                                30 day LEFT id=p/3 from=queue:q redelivered=false
                                """))
                .isEmpty();
    }

    @Test
    void passesAcknowledgementsThatDiedWithAClientOrTheBroker() {
        assertThat(
                        offences(
                                ORDERS
                                        + """
                                10 c START from=queue:q mode=client
                                11 c GET id=p/1 from=queue:q mode=client redelivered=false
                                12 c ACK
                                13 day KILL victim=c
                                20 d START from=queue:q mode=client
                                21 d GET id=p/1 from=queue:q mode=client redelivered=true
                                22 d ACK
                                23 d CONFIRMED
                                24 day BROKER_KILL
                                25 d BROKEN text=gone
                                30 d START from=queue:q mode=client
                                31 d GET id=p/1 from=queue:q mode=client redelivered=false
                                32 d GET id=p/2 from=queue:q mode=client redelivered=false
                                33 d ACK
                                34 d CONFIRMED
                                35 d CLOSE
                                36 d CLOSED
                                """))
                .isEmpty();
    }

    @Test
    void passesATransactionOfUnknownEndThatHappenedOrDidNot() {
        String unknown = ORDERS
                + """
                10 t START from=queue:q mode=tx
                11 t GET id=p/1 from=queue:q mode=tx tx=t1 redelivered=false
                12 t GET id=p/2 from=queue:q mode=tx tx=t1 redelivered=false
                13 t SEND id=t/1 to=queue:r durable=true tx=t1
                14 t SEND id=t/2 to=queue:r durable=true tx=t1
                15 t COMMIT tx=t1
                16 day BROKER_KILL
                """;
        assertThat(
                        offences(
                                unknown
                                        + """
                        20 day LEFT id=t/1 from=queue:r redelivered=false
                        21 day LEFT id=t/2 from=queue:r redelivered=false
                        """))
                .isEmpty();
        assertThat(
                        offences(
                                unknown
                                        + """
                        20 day LEFT id=p/1 from=queue:q redelivered=false
                        21 day LEFT id=p/2 from=queue:q redelivered=false
                        """))
                .isEmpty();
    }

    @Test
    void passesWhatWasGivenBackAndTakenAsItsReceiverDied() {
        assertThat(
                        offences(
                                ORDERS
                                        + """
                                10 c START from=queue:q mode=tx
                                11 c GET id=p/1 from=queue:q mode=tx tx=c1 redelivered=false
                                12 c ROLLBACK tx=c1
                                13 day KILL victim=c
                                14 c GET id=p/1 from=queue:q mode=tx tx=c2 redelivered=true
                                15 c COMMIT tx=c2
                                20 c START from=queue:q mode=tx
                                21 c GET id=p/2 from=queue:q mode=tx tx=c3 redelivered=false
                                22 c COMMIT tx=c3
                                23 c COMMITTED tx=c3
                                """))
                .isEmpty();
    }

    @Test
    void passesABacklogThatGoesWithItsSubscription() {
        assertThat(
                        offences(
                                """
                        1 s SUBSCRIBED name=s topic=t durable=true
                        2 p SEND id=p/1 to=topic:t durable=true
                        3 p SETTLED id=p/1
                        4 s UNSUBSCRIBE name=s
                        """))
                .isEmpty();
    }

    @Test
    void passesWhatOneDeathMaySwallow() {
        assertThat(
                        offences(
                                ORDERS
                                        + """
                                10 c START from=queue:q mode=auto
                                11 c GET id=p/1 from=queue:q mode=auto redelivered=false
                                12 day KILL victim=c
                                """))
                .isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> catches() {
        return Stream.of(
                bad(
                        "a lost message",
                        "LossRule: p/2 was settled to queue:q and is lost",
                        ORDERS + "10 day LEFT id=p/1 from=queue:q redelivered=false"),
                bad(
                        "a message that was given back and is lost",
                        "LossRule: p/2 was settled",
                        ORDERS
                                + """
                                10 c START from=queue:q mode=client
                                11 c GET id=p/1 from=queue:q mode=client redelivered=false
                                12 c ACK
                                13 c GET id=p/2 from=queue:q mode=client redelivered=false
                                14 day KILL victim=c
                                """),
                bad(
                        "more lost than one death swallows",
                        "LossRule: p/2 was settled",
                        ORDERS
                                + """
                                10 c START from=queue:q mode=auto
                                12 day KILL victim=c
                                """),
                bad(
                        "a healthy dead letter",
                        "LossRule: p/1 is a dead letter",
                        ORDERS
                                + """
                                10 day LEFT id=p/1 from=queue:dead-letters redelivered=true
                                11 day LEFT id=p/2 from=queue:q redelivered=false
                                """),
                bad(
                        "a non-durable message lost with no kill",
                        "LossRule: p/1 was settled",
                        """
                        2 p SEND id=p/1 to=queue:q durable=false
                        3 p SETTLED id=p/1
                        """),
                bad(
                        "a message that comes again after its commit",
                        "DoublingRule: p/1 came from queue:q to c#0, which consumed it",
                        ORDERS
                                + """
                                10 c START from=queue:q mode=tx
                                11 c GET id=p/1 from=queue:q mode=tx tx=c1 redelivered=false
                                12 c COMMIT tx=c1
                                13 c COMMITTED tx=c1
                                14 day BROKER_KILL
                                15 day LEFT id=p/1 from=queue:q redelivered=true
                                16 day LEFT id=p/2 from=queue:q redelivered=true
                                """),
                bad(
                        "a message that comes again after its acknowledgement",
                        "DoublingRule: p/1",
                        ORDERS
                                + """
                                10 c START from=queue:q mode=client
                                11 c GET id=p/1 from=queue:q mode=client redelivered=false
                                12 c ACK
                                13 c CLOSE
                                14 c CLOSED
                                15 day LEFT id=p/1 from=queue:q redelivered=true
                                16 day LEFT id=p/2 from=queue:q redelivered=true
                                """),
                bad(
                        "an acknowledgement forgotten long after",
                        "DoublingRule: p/1",
                        ORDERS
                                + """
                                10 c START from=queue:q mode=client
                                11 c GET id=p/1 from=queue:q mode=client redelivered=false
                                12 c ACK
                                13 c CONFIRMED
                                6000 day BROKER_KILL
                                6015 day LEFT id=p/1 from=queue:q redelivered=true
                                6016 day LEFT id=p/2 from=queue:q redelivered=true
                                """),
                bad(
                        "a message with two consumers",
                        "DoublingRule: p/1 came from queue:q to c#0, which still held it",
                        ORDERS
                                + """
                                10 c START from=queue:q mode=client
                                11 c GET id=p/1 from=queue:q mode=client redelivered=false
                                12 d START from=queue:q mode=client
                                13 d GET id=p/1 from=queue:q mode=client redelivered=true
                                14 c CLOSE
                                """),
                bad(
                        "a redelivery that does not say so",
                        "DoublingRule: p/1 came from queue:q to c#0 and again",
                        ORDERS
                                + """
                                10 c START from=queue:q mode=client
                                11 c GET id=p/1 from=queue:q mode=client redelivered=false
                                12 c RECOVER
                                13 c GET id=p/1 from=queue:q mode=client redelivered=false
                                """),
                bad(
                        "a message stored twice",
                        "DoublingRule: p/1",
                        ORDERS
                                + """
                                11 day LEFT id=p/1 from=queue:q redelivered=false
                                12 day LEFT id=p/1 from=queue:q redelivered=false
                                """),
                bad(
                        "half a transaction of unknown end",
                        "TransactionRule: t1 happened by halves",
                        ORDERS
                                + """
                                11 t GET id=p/1 from=queue:q mode=tx tx=t1 redelivered=false
                                13 t SEND id=t/1 to=queue:r durable=true tx=t1
                                15 t COMMIT tx=t1
                                16 day BROKER_KILL
                                20 day LEFT id=t/1 from=queue:r redelivered=false
                                21 day LEFT id=p/1 from=queue:q redelivered=true
                                """),
                bad(
                        "a transaction whose messages vanished on both sides",
                        "TransactionRule: t1 happened by halves",
                        ORDERS
                                + """
                                11 t GET id=p/1 from=queue:q mode=tx tx=t1 redelivered=false
                                13 t SEND id=t/1 to=queue:r durable=true tx=t1
                                15 t COMMIT tx=t1
                                16 day BROKER_KILL
                                """),
                bad(
                        "a message of a rolled back transaction",
                        "TransactionRule: t1 was rolled back",
                        """
                        13 t SEND id=t/1 to=queue:r durable=true tx=t1
                        15 t ROLLBACK tx=t1
                        20 day LEFT id=t/1 from=queue:r redelivered=false
                        """),
                bad(
                        "a message of a transaction that died",
                        "TransactionRule: t1 was rolled back",
                        """
                        13 t SEND id=t/1 to=queue:r durable=true tx=t1
                        15 day KILL victim=t
                        20 day LEFT id=t/1 from=queue:r redelivered=false
                        """),
                bad(
                        "an order turned round",
                        "OrderRule: p/1 came from queue:q to c#0 after p/2",
                        ORDERS
                                + """
                                10 c START from=queue:q mode=auto
                                11 c GET id=p/2 from=queue:q mode=auto redelivered=false
                                12 c GET id=p/1 from=queue:q mode=auto redelivered=false
                                """),
                bad(
                        "an order turned round among several consumers",
                        "OrderRule: p/1 came from queue:q to c#0 after p/2",
                        ORDERS
                                + """
                                9 d START from=queue:q mode=auto
                                10 c START from=queue:q mode=auto
                                11 c GET id=p/2 from=queue:q mode=auto redelivered=false
                                12 c GET id=p/1 from=queue:q mode=auto redelivered=false
                                """),
                bad(
                        "a rollback overtaken by a newer message",
                        "OrderRule: p/2 came from queue:q to c#0 before p/1",
                        ORDERS
                                + """
                                10 c START from=queue:q mode=tx
                                11 c GET id=p/1 from=queue:q mode=tx tx=c1 redelivered=false
                                12 c ROLLBACK tx=c1
                                13 c GET id=p/2 from=queue:q mode=tx tx=c2 redelivered=false
                                """),
                bad(
                        "a group with two consumers",
                        "GroupRule: group g of queue:q was with c#0, which held p/1",
                        """
                        2 p SEND id=p/1 to=queue:q durable=true group=g
                        3 p SEND id=p/2 to=queue:q durable=true group=g
                        11 c GET id=p/1 from=queue:q mode=client redelivered=false
                        12 d GET id=p/2 from=queue:q mode=client redelivered=false
                        13 c ACK
                        """),
                bad(
                        "a group out of order",
                        "GroupRule: group g: p/1 came after p/2",
                        """
                        2 p SEND id=p/1 to=queue:q durable=true group=g
                        3 p SEND id=p/2 to=queue:q durable=true group=g
                        11 c GET id=p/2 from=queue:q mode=auto redelivered=false
                        12 d GET id=p/1 from=queue:q mode=auto redelivered=false
                        """),
                bad(
                        "a durable subscription with a hole",
                        "SubscriptionRule: p/1 was settled to topic:t and is missing",
                        """
                        1 s SUBSCRIBED name=s topic=t durable=true
                        2 p SEND id=p/1 to=topic:t durable=true
                        3 p SETTLED id=p/1
                        4 s CLOSE
                        """),
                bad(
                        "a removed subscription with a hole",
                        "SubscriptionRule: p/1 was settled to topic:t and is missing",
                        """
                        1 s SUBSCRIBED name=s topic=t durable=true
                        2 p SEND id=p/1 to=topic:t durable=true
                        3 p SETTLED id=p/1
                        4 p SEND id=p/2 to=topic:t durable=true
                        5 p SETTLED id=p/2
                        6 s GET id=p/2 from=sub:s mode=client redelivered=false
                        7 s ACK
                        8 s CONFIRMED
                        9 s UNSUBSCRIBE name=s
                        """),
                bad(
                        "a subscription with a hole",
                        "SubscriptionRule: p/2 is missing from sub:s of s#0",
                        """
                        1 s SUBSCRIBED name=s topic=# durable=false
                        2 p SEND id=p/1 to=topic:t durable=true
                        3 p SETTLED id=p/1
                        4 p SEND id=p/2 to=topic:t durable=true
                        5 p SETTLED id=p/2
                        6 p SEND id=p/3 to=topic:t durable=true
                        7 p SETTLED id=p/3
                        8 s GET id=p/1 from=sub:s mode=auto redelivered=false
                        9 s GET id=p/3 from=sub:s mode=auto redelivered=false
                        """),
                bad(
                        "what a selector does not want",
                        "SubscriptionRule: p/1 came from sub:s",
                        """
                        1 s SUBSCRIBED name=s topic=t durable=true colour=red
                        2 p SEND id=p/1 to=topic:t durable=true colour=blue
                        8 s GET id=p/1 from=sub:s mode=auto redelivered=false
                        """),
                bad(
                        "a message of another topic",
                        "SeenRule: p/1 was sent to topic:u and came from sub:s",
                        """
                        1 s SUBSCRIBED name=s topic=t.* durable=true
                        2 p SEND id=p/1 to=topic:u durable=true
                        8 s GET id=p/1 from=sub:s mode=auto redelivered=false
                        """),
                bad(
                        "a message of another queue",
                        "SeenRule: p/1 was sent to queue:q and came from queue:r",
                        ORDERS + "10 c GET id=p/1 from=queue:r mode=auto redelivered=false"),
                bad(
                        "a message out of nothing",
                        "SeenRule: x/1 came from queue:q and was never sent",
                        "10 c GET id=x/1 from=queue:q mode=auto redelivered=false"),
                bad(
                        "a browser that shows one twice",
                        "SeenRule: p/1 was shown twice",
                        ORDERS
                                + """
                                10 b BROWSE from=queue:q
                                11 b BROWSED id=p/1
                                12 b BROWSED id=p/1
                                """),
                bad(
                        "a connection that breaks for no reason",
                        "SeenRule: c#0 broke with no kill: refused",
                        """
                        10 c START
                        11 c BROKEN text=refused
                        """),
                bad(
                        "what an application found wrong",
                        "SeenRule: c saw: a damaged body",
                        "10 c OFFENCE text=a+damaged+body"),
                bad(
                        "a message before its time",
                        "TimeRule: p/1 came 1000 us before it was due",
                        """
                        2 p SEND id=p/1 to=queue:q durable=true due=12000
                        11 c GET id=p/1 from=queue:q mode=auto redelivered=false
                        """),
                bad(
                        "a message long after its expiry",
                        "TimeRule: p/1 came 3999000 us after",
                        """
                        2 p SEND id=p/1 to=queue:q durable=true expires=12000
                        4011 c GET id=p/1 from=queue:q mode=auto redelivered=false
                        """));
    }

    private static DynamicTest bad(String what, String sentence, String history) {
        return DynamicTest.dynamicTest(what, () -> assertThat(offences(history))
                .anySatisfy(offence -> assertThat(offence).startsWith(sentence)));
    }

    private static List<String> offences(String history) {
        return Checker.offences(History.of(history.lines()
                .map(line -> {
                    int space = line.indexOf(' ');
                    return Event.parse(Long.parseLong(line.substring(0, space)) * 1000 + line.substring(space));
                })
                .toList()));
    }
}
