/**
 * The resource adapter in a real application server: WildFly, from its archive on Maven Central, in a process of its own with {@code
 * connector/waybill.rar} and the beans of {@code connector.beans} deployed. Where the build has unpacked it: the system property {@code
 * waybill.wildfly}, which the profile {@code long} sets.
 */
package org.waybill.systemtests.connector;
