/**
 * The unzipped distribution as a process, and what every system test needs to drive it: a broker that is started, killed and stopped by its
 * process id, free ports, the command line, and a connection at frame level.
 *
 * <p>Nothing here is linked against the broker: it is known by its archive, its command line and the bytes on its ports. Tests run one after
 * the other on JUnit's thread; every child process is ended when its owner is closed, and by a shutdown hook whatever happens. Sub-packages
 * hold the tests by subject. A broker of another make takes part if its archive keeps the contract of {@code bin/waybill}.
 */
@NullMarked
package org.waybill.systemtests;

import org.jspecify.annotations.NullMarked;
