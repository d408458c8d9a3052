package org.waybill.systemtests.day;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The process that some applications share. It ends in order when its standard input does, and with SIGKILL otherwise. */
final class Crew {
    /** What it says on standard output when every application has begun. */
    static final String AT_WORK = "at work";

    private Crew() {}

    /** Arguments: the broker's port, the directory of the histories, a seed, and the specification of each application. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        CountDownLatch atWork = new CountDownLatch(arguments.length - 3);
        CountDownLatch over = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 3; i < arguments.length; i++) {
            Application application = new Application(
                    Integer.parseInt(arguments[0]),
                    Path.of(arguments[1]),
                    arguments[i],
                    atWork,
                    over,
                    Long.parseLong(arguments[2]));
            threads.add(new Thread(application, application.name()));
        }
        threads.forEach(Thread::start);
        atWork.await();
        System.out.println(AT_WORK);
        while (System.in.read() >= 0) {
            // until it ends
        }
        over.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
