package org.waybill.cluster.replication;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.waybill.io.CrashDisk;

/** Flips one bit of a checkpoint or of a sealed segment: what the log has a witness for. */
final class SimDamage {
    private SimDamage() {}

    static void flip(CrashDisk disk, Random random) {
        try {
            List<String> names = disk.list();
            String last =
                    names.stream().filter(name -> name.startsWith("segment-")).reduce("", (first, second) -> second);
            List<String> targets = names.stream()
                    .filter(name -> !name.equals(last) && !name.startsWith("free-") && !name.endsWith(".tmp"))
                    .toList();
            if (!targets.isEmpty()) {
                String name = targets.get(random.nextInt(targets.size()));
                int used = disk.bytes(name).length;
                while (used > 0 && disk.bytes(name)[used - 1] == 0) {
                    used--;
                }
                if (used > 0) {
                    disk.flipBit(name, random.nextInt(used * 8));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
