package org.waybill.journal;

import java.util.ArrayList;
import java.util.List;

/** Remembers what a checkpoint's writer was told. */
final class RecordingListener implements CheckpointListener {
    final List<String> told = new ArrayList<>();

    @Override
    public void ready() {
        told.add("ready");
    }

    @Override
    public void committed(long bytes) {
        told.add("committed");
    }

    @Override
    public void failed(Throwable cause) {
        told.add("failed");
    }
}
