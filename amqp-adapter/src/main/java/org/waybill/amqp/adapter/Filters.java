package org.waybill.amqp.adapter;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.Selector;

/**
 * The filters of a source (AMQP 1.0 part 3, section 3.5.1) that the broker applies. The others are left out, which tells the
 * client that they are not in force.
 *
 * @param selector the selector, or null for every message
 * @param applied the filters for the answering attach, or null when none is applied
 */
record Filters(@Nullable Selector selector, @Nullable Map<Symbol, Object> applied) {
    private static final Filters NONE = new Filters(null, null);

    /**
     * Reads a source's filter set.
     *
     * @throws org.waybill.selector.SelectorError when a selector cannot be parsed
     */
    static Filters of(@Nullable Map<?, ?> requested) {
        if (requested == null) {
            return NONE;
        }
        for (Map.Entry<?, ?> filter : requested.entrySet()) {
            if (filter.getKey() instanceof Symbol name
                    && filter.getValue() instanceof DescribedType described
                    && isSelector(described.getDescriptor())
                    && described.getDescribed() instanceof String text) {
                Map<Symbol, Object> applied = new LinkedHashMap<>();
                applied.put(name, described);
                return new Filters(Selector.parse(text), applied);
            }
        }
        return NONE;
    }

    private static boolean isSelector(Object descriptor) {
        return Symbols.SELECTOR_FILTER_CODE.equals(descriptor)
                || Symbols.SELECTOR_FILTER.equals(descriptor)
                || Symbols.SELECTOR_FILTER_LEGACY.equals(descriptor);
    }
}
