package org.waybill.shard;

import org.waybill.config.AddressSettings;

/** Which settings an address has. Any thread; immutable. */
@FunctionalInterface
public interface AddressRules {
    /** The settings of the most specific pattern that matches a name. */
    AddressSettings of(String address);
}
