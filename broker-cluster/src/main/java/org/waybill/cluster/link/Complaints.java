package org.waybill.cluster.link;

import java.util.HashMap;
import java.util.Map;

/**
 * Decides what of all that goes wrong is worth a line in the log: what differs from what was said last about the same node, and never more
 * than {@link #MAX_LINES} a minute about one, since whoever reaches the port can cause them.
 */
final class Complaints {
    static final int MAX_LINES = 10;
    static final long WINDOW_NS = 60_000_000_000L;

    private final Map<Integer, Said> said = new HashMap<>();

    private static final class Said {
        private String last = "";
        private int lines;
        private long beganNs;
    }

    /** Whether to say it now. Node 0 is somebody of whom nothing is known. */
    boolean isNews(int node, String what, long nowNs) {
        Said about = said.computeIfAbsent(node, absent -> new Said());
        if (what.equals(about.last)) {
            return false;
        }
        if (about.lines == 0 || nowNs - about.beganNs >= WINDOW_NS) {
            about.beganNs = nowNs;
            about.lines = 0;
        }
        if (about.lines >= MAX_LINES) {
            return false;
        }
        about.lines++;
        about.last = what;
        return true;
    }

    /** Whatever was wrong is over. */
    void over(int node) {
        Said about = said.get(node);
        if (about != null) {
            about.last = "";
        }
    }
}
