package org.waybill.cluster.replication;

/** Each rule taken away in turn. */
@SuppressWarnings("ImmutableEnumChecker") // rules have no state
enum Mutation {
    NONE("", new Rules()),
    R1_EQUAL_EPOCH("R1", "an epoch is promised to two candidates", new Rules() {
        @Override
        boolean grants(Promise own, long epoch, long candidate) {
            return epoch >= own.epoch();
        }
    }),
    R1_LOWER_EPOCH("R1", "a promise goes down", new Rules() {
        @Override
        boolean grants(Promise own, long epoch, long candidate) {
            return true;
        }
    }),
    R1_UNFORCED("R1", "a promise is answered before it is forced", new Rules() {
        @Override
        boolean isSafe(long ticket, long forcedTicket) {
            return true;
        }
    }),
    R2_SAME_EPOCH("R2", "a candidate's epoch is its old one", new Rules() {
        @Override
        long nextEpoch(long hinted, long promised, long seen) {
            return Math.max(promised, 2);
        }
    }),
    R2_NOT_SEEN("R2", "refusals do not raise a candidate's epoch", new Rules() {
        @Override
        long nextEpoch(long hinted, long promised, long seen) {
            return Math.max(hinted, 2);
        }
    }),
    R3_MINORITY("R3", "less than a majority suffices", new Rules() {
        @Override
        boolean suffices(int promises, ReplicaSet set) {
            return promises >= set.size() / 2;
        }
    }),
    R3_OWN_LOG("R3", "a candidate does not adopt", new Rules() {
        @Override
        boolean isHigher(LogEnd other, LogEnd own) {
            return false;
        }
    }),
    R3_LONGEST("R3", "the longest log is adopted, whatever its epoch", new Rules() {
        @Override
        boolean isHigher(LogEnd other, LogEnd own) {
            return other.index() > own.index();
        }
    }),
    R4_ANY_DONOR("R4", "a donor serves whom it has not promised itself", new Rules() {
        @Override
        boolean serves(Promise own, long epoch, long candidate) {
            return true;
        }
    }),
    R5_NO_BARRIER("R5", "old entries are committed by counting", new Rules() {
        @Override
        boolean mayCommit(long index, long barrierIndex) {
            return true;
        }
    }),
    R6_OBEYS_ALL("R6", "outdated leaders are obeyed", new Rules() {
        @Override
        boolean obeys(Promise own, long epoch) {
            return true;
        }
    }),
    R6_NO_COMPARISON("R6", "entries are appended wherever the index fits", new Rules() {
        @Override
        boolean follows(long ownPreviousEpoch, long previousEpoch) {
            return ownPreviousEpoch != EpochHistory.UNKNOWN;
        }
    }),
    R6_NEVER_TRUNCATES("R6", "what stands there stays", new Rules() {
        @Override
        boolean conflicts(long ownEpoch, long epoch) {
            return false;
        }
    }),
    R6_ALWAYS_TRUNCATES("R6", "what is the same is cut away too", new Rules() {
        @Override
        boolean conflicts(long ownEpoch, long epoch) {
            return true;
        }
    }),
    R7_LEADER("R7", "a leader counts what it has not forced", new Rules() {
        @Override
        long ownMatch(long forcedIndex, long lastIndex) {
            return lastIndex;
        }
    }),
    R7_FOLLOWER("R7", "a follower answers for what it has not forced", new Rules() {
        @Override
        long answerable(long forcedIndex, long comparedIndex) {
            return comparedIndex;
        }
    }),
    R8_NO_LEASE("R8", "a leader acts without a majority", new Rules() {
        @Override
        boolean leaseHolds(long nowNs, long sentNs, long leaseNs) {
            return true;
        }
    }),
    R8_NOT_HELD("R8", "promises are given while a lease runs", new Rules() {
        @Override
        boolean isHeld(long nowNs, long answeredNs, long leaseNs) {
            return false;
        }
    }),
    R9_SAME_MEMBER("R9", "a replica that has lost its disk votes on", new Rules()) {
        @Override
        boolean keepsIdentityWithoutDisk() {
            return true;
        }
    },
    R10_WIPES("R10", "who is not in the coordinator's record deletes its log", new Rules()) {
        @Override
        boolean deletesWithoutHint() {
            return true;
        }

        @Override
        boolean keepsIdentityWithoutDisk() {
            return true;
        }
    },
    R11_MANY_AT_ONCE("R11", "a set changes by several members at once", new Rules() {
        @Override
        int membersAtOnce() {
            return Integer.MAX_VALUE;
        }
    }),
    R11_NO_ORDER("R11", "changes do not wait for each other, nor for the barrier", new Rules() {
        @Override
        boolean mayChange(long commitIndex, long barrierIndex, long replicasIndex) {
            return true;
        }
    }),
    R12_REPLAYS_TOO_LATE("R12", "a checkpoint forgets what is not committed", new Rules() {
        @Override
        long replayFrom(long firstPosition, long forcedPosition) {
            return forcedPosition;
        }
    }),
    R12_PROMISE("R12", "a checkpoint forgets the promise", new Rules() {
        @Override
        LogStore.Meta kept(LogStore.Meta meta) {
            return new LogStore.Meta(Promise.NONE, meta.index(), meta.epochs(), meta.replicas());
        }
    }),
    R12_EPOCHS("R12", "a checkpoint forgets the epochs", new Rules() {
        @Override
        LogStore.Meta kept(LogStore.Meta meta) {
            return new LogStore.Meta(meta.promise(), meta.index(), new long[] {1, 1}, meta.replicas());
        }
    }),
    R12_REPLICAS("R12", "a checkpoint forgets the replicas", new Rules() {
        @Override
        LogStore.Meta kept(LogStore.Meta meta) {
            return new LogStore.Meta(meta.promise(), meta.index(), meta.epochs(), ReplicaSet.NOBODY);
        }
    }),
    R12_END("R12", "a checkpoint says that it has all that was there at its end", new Rules()) {
        @Override
        boolean keepsMetaOfTheEnd() {
            return true;
        }
    },
    R12_DEPOSED("R12", "a checkpoint is ended though its leader was deposed", new Rules()) {
        @Override
        boolean endsCheckpointWhenDeposed() {
            return true;
        }
    },
    R12_UNCOMMITTED("R12", "a snapshot is given away before it is committed", new Rules()) {
        @Override
        boolean givesWhatIsNotCommitted() {
            return true;
        }
    };

    final String rule;
    final String what;
    private final Rules rules;

    Mutation(String what, Rules rules) {
        this("", what, rules);
    }

    Mutation(String rule, String what, Rules rules) {
        this.rule = rule;
        this.what = what;
        this.rules = rules;
    }

    Rules rules() {
        return rules;
    }

    boolean keepsIdentityWithoutDisk() {
        return false;
    }

    boolean deletesWithoutHint() {
        return false;
    }

    boolean keepsMetaOfTheEnd() {
        return false;
    }

    boolean endsCheckpointWhenDeposed() {
        return false;
    }

    boolean givesWhatIsNotCommitted() {
        return false;
    }
}
