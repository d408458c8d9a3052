package org.waybill.amqp.adapter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnknownDescribedType;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.Selector;

/**
 * The filters of a source (AMQP 1.0 part 3, section 3.5.1) that the broker applies. The others are left out, which tells the
 * client that they are not in force.
 *
 * @param selector the selector, or null for every message
 * @param noLocal whether messages of the client's own container are left out
 * @param applied the filters for the answering attach, or null when none is applied
 */
record Filters(@Nullable Selector selector, boolean noLocal, @Nullable Map<Symbol, Object> applied) {
    /**
     * Reads a source's filter set.
     *
     * @param subscribes whether the source may be a topic and its subscription is the client's alone, so that no-local can be applied
     * @throws org.waybill.selector.SelectorError when a selector cannot be parsed
     * @throws InvalidField when a filter's value is not of the filter's type
     */
    static Filters of(@Nullable Map<?, ?> requested, boolean subscribes) {
        Selector selector = null;
        boolean noLocal = false;
        Map<Symbol, Object> applied = new LinkedHashMap<>();
        for (Map.Entry<?, ?> filter :
                requested == null ? Map.<Object, Object>of().entrySet() : requested.entrySet()) {
            if (!(filter.getKey() instanceof Symbol name) || !(filter.getValue() instanceof DescribedType described)) {
                continue;
            }
            if (isSelector(described.getDescriptor()) && selector == null) {
                selector = Selector.parse(text(name, described.getDescribed()));
                applied.put(name, described);
            } else if (isNoLocal(described.getDescriptor()) && subscribes) {
                noLocal = true;
                applied.put(name, described);
            }
        }
        return new Filters(selector, noLocal, applied.isEmpty() ? null : applied);
    }

    private static String text(Symbol name, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new InvalidField("filter " + name + " must be a string, not " + value);
    }

    private static boolean isSelector(Object descriptor) {
        return Symbols.SELECTOR_FILTER_CODE.equals(descriptor)
                || Symbols.SELECTOR_FILTER.equals(descriptor)
                || Symbols.SELECTOR_FILTER_LEGACY.equals(descriptor);
    }

    private static boolean isNoLocal(Object descriptor) {
        return Symbols.NO_LOCAL_FILTER_CODE.equals(descriptor) || Symbols.NO_LOCAL_FILTER.equals(descriptor);
    }

    /** The filter set of a stored subscription; null when it takes everything. */
    static @Nullable Map<Symbol, Object> stored(@Nullable String selector, boolean noLocal) {
        Map<Symbol, Object> filters = new LinkedHashMap<>();
        if (noLocal) {
            filters.put(
                    Symbols.NO_LOCAL, new UnknownDescribedType(Symbols.NO_LOCAL_FILTER_CODE, Collections.emptyList()));
        }
        if (selector != null) {
            filters.put(Symbols.JMS_SELECTOR, new UnknownDescribedType(Symbols.SELECTOR_FILTER_CODE, selector));
        }
        return filters.isEmpty() ? null : filters;
    }
}
