package org.waybill.cluster.replication;

import java.util.Arrays;
import org.waybill.io.Invariant;

/** The members whose promises and answers count, in ascending order. Does not change; two consecutive sets differ by one member. */
public final class ReplicaSet {
    /** What is known before anything is known: nobody counts, so nobody is elected. */
    public static final ReplicaSet NOBODY = new ReplicaSet(new long[0]);

    private final long[] members;

    private ReplicaSet(long[] members) {
        this.members = members;
    }

    /** A set of these members, each named once. */
    public static ReplicaSet of(long... members) {
        long[] sorted = members.clone();
        Arrays.sort(sorted);
        for (int i = 1; i < sorted.length; i++) {
            Invariant.check(sorted[i] != sorted[i - 1], "a member is in a replica set once");
        }
        return new ReplicaSet(sorted);
    }

    /** How many there are. */
    public int size() {
        return members.length;
    }

    /** The i-th member. */
    public long member(int i) {
        return members[i];
    }

    /** Whether it is one of them. */
    public boolean contains(long member) {
        return Arrays.binarySearch(members, member) >= 0;
    }

    /** The least number that any two groups of must have a member in common. */
    public int majority() {
        return members.length / 2 + 1;
    }

    /** The member on a node, or {@link Members#NONE}. */
    public long onNode(int node) {
        for (long member : members) {
            if (Members.node(member) == node) {
                return member;
            }
        }
        return Members.NONE;
    }

    /** This set and one member more. */
    public ReplicaSet with(long member) {
        long[] more = Arrays.copyOf(members, members.length + 1);
        more[members.length] = member;
        return of(more);
    }

    /** This set but for one member. */
    public ReplicaSet without(long member) {
        if (!contains(member)) {
            return this;
        }
        int at = Arrays.binarySearch(members, member);
        long[] fewer = Arrays.copyOf(members, members.length - 1);
        System.arraycopy(members, at + 1, fewer, at, fewer.length - at);
        return new ReplicaSet(fewer);
    }

    /** The members, in ascending order. */
    public long[] toArray() {
        return members.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReplicaSet set && Arrays.equals(members, set.members);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(members);
    }

    @Override
    public String toString() {
        return Arrays.toString(members);
    }
}
