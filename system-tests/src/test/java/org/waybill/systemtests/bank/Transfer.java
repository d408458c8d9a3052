package org.waybill.systemtests.bank;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * An order to move money, as it lies in the queue.
 *
 * @param id unique among all orders of a run
 * @param from the account that pays
 * @param to another account
 * @param amount more than nothing
 */
record Transfer(int id, int from, int to, int amount) {
    /** The accounts are numbered from 0 to one less than this. */
    static final int ACCOUNTS = 20;

    /** What is on each account at first. */
    static final int OPENING_BALANCE = 1_000_000;

    /** Orders with the ids from 0 on, the same for the same seed. */
    static List<Transfer> seeded(long seed, int count) {
        Random random = new Random(seed);
        List<Transfer> transfers = new ArrayList<>();
        for (int id = 0; id < count; id++) {
            int from = random.nextInt(ACCOUNTS);
            int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
            transfers.add(new Transfer(id, from, to, 1 + random.nextInt(100)));
        }
        return transfers;
    }

    /** Its form in a message. */
    String text() {
        return id + " " + from + " " + to + " " + amount;
    }

    static Transfer parse(String text) {
        String[] words = text.split(" ", -1);
        return new Transfer(
                Integer.parseInt(words[0]),
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]));
    }
}
