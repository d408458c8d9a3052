package org.waybill.cluster.node;

import java.util.ArrayDeque;
import org.waybill.io.Cancellable;
import org.waybill.io.Loop;

/** A loop of a simulated node: what it is given it runs a little later, when its node is not frozen, and not at all once that has crashed. */
final class WorldLoop implements Loop {
    private static final int USUAL_DELAY_NS = 60_000;
    private static final int LONG_DELAY_NS = 4_000_000;
    private static final int LONG_PER_MILLE = 5;

    private final World world;
    private final WorldNode node;
    private final int life;
    private final String name;
    private final Runnable afterwards;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean scheduled;
    private boolean running;

    /** @param afterwards run when some of its tasks have run */
    WorldLoop(World world, WorldNode node, String name, Runnable afterwards) {
        this.world = world;
        this.node = node;
        this.life = node.life();
        this.name = name;
        this.afterwards = afterwards;
    }

    /** Whether its node has neither crashed nor started anew. */
    boolean isAlive() {
        return node.isUp() && node.life() == life;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isCurrent() {
        return running;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        wake();
    }

    @Override
    public Cancellable schedule(long delayNs, Runnable task) {
        boolean[] over = {false};
        world.after(Math.max(0, delayNs), () -> {
            if (!over[0] && isAlive()) {
                execute(() -> {
                    if (!over[0]) {
                        over[0] = true;
                        task.run();
                    }
                });
            }
        });
        return () -> {
            boolean cancelled = !over[0];
            over[0] = true;
            return cancelled;
        };
    }

    private void wake() {
        if (!scheduled && !tasks.isEmpty()) {
            scheduled = true;
            boolean isLong = world.random().nextInt(1_000) < LONG_PER_MILLE;
            world.after(1_000 + world.random().nextInt(isLong ? LONG_DELAY_NS : USUAL_DELAY_NS), this::run);
        }
    }

    private void run() {
        if (!isAlive()) {
            tasks.clear();
        } else if (node.isFrozen()) {
            world.at(node.frozenUntilNs(), this::run);
        } else {
            scheduled = false;
            for (int n = tasks.size(); n > 0 && isAlive() && !node.isFrozen(); n--) {
                running = true;
                try {
                    tasks.remove().run();
                } finally {
                    running = false;
                }
            }
            if (isAlive()) {
                afterwards.run();
            }
            wake();
        }
    }
}
