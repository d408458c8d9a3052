package org.waybill.systemtests.joram;

import junit.framework.TestCase;

/** The suite in a process of its own, whose class path says which JMS API it is about: a line for each test. */
final class JoramMain {
    static final String PASSED = "passed";

    private JoramMain() {}

    public static void main(String[] arguments) {
        JndiAdmin.use(Client.waybill(Integer.parseInt(arguments[0])));
        JoramSuite.tests().forEach(JoramMain::run);
        System.exit(0);
    }

    private static void run(String name, TestCase test) {
        Throwable failure = JoramSuite.run(test);
        String result = failure == null ? PASSED : failure.toString().replace('\n', ' ');
        System.out.println(name + " " + result);
    }
}
