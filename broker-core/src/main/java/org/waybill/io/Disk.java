package org.waybill.io;

import java.io.IOException;
import java.util.List;

/**
 * One directory of files, seen as the least that a crash-safe store needs.
 *
 * <p>Files are named without a path. Every method may block and may be called from any thread except an event loop's; two
 * threads must not change one name at the same time. What a crash may take away is stated per method; nothing is promised
 * that is not written there.
 */
public interface Disk {
    /** Whether a file must be there, must not be there, or is only looked at. */
    enum Access {
        /** The file must not exist; it is created, empty, for reading and writing. */
        CREATE,
        /** The file must exist; it is opened for reading and writing. */
        WRITE,
        /** The file must exist; it is opened for reading. */
        READ
    }

    /** The names of all regular files, sorted. */
    List<String> list() throws IOException;

    /** Opens a file. A created file survives a crash only after {@link #forceDirectory}. */
    DiskFile open(String name, Access access) throws IOException;

    /**
     * Renames a file, replacing one that has the new name. After a crash either the old or the new state is found, and
     * surely the new one only after {@link #forceDirectory}.
     */
    void rename(String from, String to) throws IOException;

    /** Deletes a file; it may come back in a crash before {@link #forceDirectory}. */
    void delete(String name) throws IOException;

    /** Makes all creations, renames and deletions so far survive a crash. */
    void forceDirectory() throws IOException;

    /** The bytes that can still be written in this directory by this process. */
    long usableSpaceBytes() throws IOException;
}
