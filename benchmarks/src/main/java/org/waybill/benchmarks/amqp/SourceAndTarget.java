package org.waybill.benchmarks.amqp;

/** Writes the two ends of a link in an attach (part 3, sections 3.5.3 and 3.5.4; part 4, section 4.5.1). */
final class SourceAndTarget {
    private static final int UNSETTLED_STATE = 2;

    private SourceAndTarget() {}

    static void source(Encoder e, Terminus node) {
        e.descriptor(Codes.SOURCE);
        int at = e.beginList();
        e.string(node.address())
                .uint(node.durable() ? UNSETTLED_STATE : 0)
                .symbol(node.durable() ? "never" : "link-detach")
                .uint(0)
                .bool(false)
                .nothing()
                .nothing();
        selector(e, node.selector());
        e.nothing().symbols("amqp:accepted:list", "amqp:rejected:list", "amqp:released:list");
        if (!node.capability().isEmpty()) {
            e.symbols(node.capability());
        }
        e.endList(at, node.capability().isEmpty() ? 10 : 11);
    }

    private static void selector(Encoder e, String selector) {
        if (selector.isEmpty()) {
            e.nothing();
            return;
        }
        int at = e.beginMap();
        e.symbol("jms-selector")
                .u8(0)
                .symbol("apache.org:selector-filter:string")
                .string(selector);
        e.endList(at, 2);
    }

    static void target(Encoder e, String address, String capability) {
        e.descriptor(Codes.TARGET);
        int at = e.beginList();
        e.string(address);
        if (!capability.isEmpty()) {
            e.uint(0).nothing().uint(0).bool(false).nothing().symbols(capability);
        }
        e.endList(at, capability.isEmpty() ? 1 : 7);
    }

    static void coordinator(Encoder e) {
        int at = e.descriptor(Codes.COORDINATOR).beginList();
        e.symbols("amqp:local-transactions").endList(at, 1);
    }
}
