/**
 * What an application of Waybill's Jakarta Messaging client names itself: its connection factories. Everything else it reaches by the
 * interfaces of {@code jakarta.jms}. The packages below this one are for each other, and may change from version to version.
 */
@NullMarked
package org.waybill.jms;

import org.jspecify.annotations.NullMarked;
