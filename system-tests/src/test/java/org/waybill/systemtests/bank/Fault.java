package org.waybill.systemtests.bank;

import java.util.Locale;
import java.util.Random;

/**
 * Who dies, and at which step of two-phase commit.
 *
 * @param victim who
 * @param verb at a call of this method of the resource
 * @param after once it has returned, and not before it is made
 * @param side of which of the two resources
 * @param count at the how-manieth such call
 */
record Fault(Victim victim, Verb verb, boolean after, Side side, int count) {
    /** The processes of a run. The transaction manager lives in the application, and so does an embedded database. */
    enum Victim {
        APPLICATION,
        BROKER,
        BOTH;

        static Victim drawn(Random random) {
            return values()[random.nextInt(values().length)];
        }

        boolean includesBroker() {
            return this != APPLICATION;
        }

        boolean includesApplication() {
            return this != BROKER;
        }
    }

    /** The methods of an XAResource at which one may die. */
    enum Verb {
        START,
        END,
        PREPARE,
        COMMIT
    }

    /** The two resources. */
    enum Side {
        MESSAGES,
        DATABASE
    }

    /** Draws one; prepare and commit are likelier than the others, and so is a death within the first dozens of transfers. */
    static Fault drawn(Random random, int maxCount) {
        Verb verb = random.nextInt(5) == 0 ? pick(random, Verb.values()) : pick(random, Verb.PREPARE, Verb.COMMIT);
        return new Fault(
                Victim.drawn(random),
                verb,
                random.nextBoolean(),
                pick(random, Side.values()),
                1 + random.nextInt(maxCount));
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Its form on the application's standard input. */
    String line(long brokerPid) {
        return String.join(
                " ",
                "arm",
                victim.name(),
                verb.name(),
                after ? "AFTER" : "BEFORE",
                side.name(),
                String.valueOf(count),
                String.valueOf(brokerPid));
    }

    /** The first words of such a line; the last one is the broker's process id. */
    static Fault parse(String[] words) {
        return new Fault(
                Victim.valueOf(words[1]),
                Verb.valueOf(words[2]),
                words[3].equals("AFTER"),
                Side.valueOf(words[4]),
                Integer.parseInt(words[5]));
    }

    @Override
    public String toString() {
        return (victim + " " + (after ? "after " : "before ") + verb + " " + count + " of " + side)
                .toLowerCase(Locale.ROOT);
    }
}
