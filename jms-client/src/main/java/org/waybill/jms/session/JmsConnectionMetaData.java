package org.waybill.jms.session;

import jakarta.jms.ConnectionMetaData;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** What this client says of itself (JMS 6.1.5). */
final class JmsConnectionMetaData implements ConnectionMetaData {
    private static final String UNPACKAGED_VERSION = "0.1.0";

    @Override
    public String getJMSVersion() {
        return getJMSMajorVersion() + "." + getJMSMinorVersion();
    }

    @Override
    public int getJMSMajorVersion() {
        return 3;
    }

    @Override
    public int getJMSMinorVersion() {
        return 1;
    }

    @Override
    public String getJMSProviderName() {
        return "Waybill";
    }

    @Override
    public String getProviderVersion() {
        String version = JmsConnectionMetaData.class.getPackage().getImplementationVersion();
        return version == null ? UNPACKAGED_VERSION : version;
    }

    @Override
    public int getProviderMajorVersion() {
        return part(0);
    }

    @Override
    public int getProviderMinorVersion() {
        return part(1);
    }

    private int part(int index) {
        String[] parts = getProviderVersion().split("[.-]", -1);
        try {
            return index < parts.length ? Integer.parseInt(parts[index]) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public Enumeration<?> getJMSXPropertyNames() {
        return Collections.enumeration(List.of("JMSXUserID", "JMSXGroupID", "JMSXGroupSeq", "JMSXDeliveryCount"));
    }
}
