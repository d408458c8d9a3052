package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnknownDescribedType;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.PropertyFilter;
import org.waybill.selector.Section;
import org.waybill.selector.Selector;
import org.waybill.selector.SelectorError;

/**
 * The filters of a source (AMQP 1.0 part 3, section 3.5.1) that the broker applies: message selectors and no-local (AMQP-BINDMAP),
 * SQL and property filters (AMQP Filter Expressions 1.0). A message must pass all of them. Other filters are left out, which tells
 * the client that they are not in force.
 *
 * @param selector the selector, or null for every message
 * @param noLocal whether messages of the client's own container are left out
 * @param applied the filters for the answering attach, or null when none is applied
 */
record Filters(@Nullable Selector selector, boolean noLocal, @Nullable Map<Symbol, Object> applied) {
    /** The most selectors that are applied together: a combination nests one level for each. */
    private static final int MAX_SELECTORS = 16;

    /** Delivery annotations are missing: they are the broker's own and no message has them here. */
    private static final Map<Object, Section> PROPERTY_FILTERS = Map.of(
            UnsignedLong.valueOf(0x170), Section.HEADER,
            Symbol.valueOf("amqp:header-filter"), Section.HEADER,
            UnsignedLong.valueOf(0x172), Section.MESSAGE_ANNOTATIONS,
            Symbol.valueOf("amqp:message-annotations-filter"), Section.MESSAGE_ANNOTATIONS,
            UnsignedLong.valueOf(0x173), Section.PROPERTIES,
            Symbol.valueOf("amqp:properties-filter"), Section.PROPERTIES,
            UnsignedLong.valueOf(0x174), Section.APPLICATION_PROPERTIES,
            Symbol.valueOf("amqp:application-properties-filter"), Section.APPLICATION_PROPERTIES,
            UnsignedLong.valueOf(0x175), Section.FOOTER,
            Symbol.valueOf("amqp:footer-filter"), Section.FOOTER);

    /**
     * Reads a source's filter set.
     *
     * @param mayBeLocal whether the source may be a topic and its subscription is the client's alone, so that no-local can be applied
     * @throws InvalidField when a filter is known and wrong
     */
    static Filters of(@Nullable Map<?, ?> requested, boolean mayBeLocal) {
        if (requested == null || requested.isEmpty()) {
            return new Filters(null, false, null);
        }
        List<Selector> selectors = new ArrayList<>();
        boolean noLocal = false;
        Map<Symbol, Object> applied = new LinkedHashMap<>();
        for (Map.Entry<?, ?> filter : requested.entrySet()) {
            if (!(filter.getKey() instanceof Symbol name) || !(filter.getValue() instanceof DescribedType described)) {
                continue;
            }
            Selector selector;
            try {
                selector = selector(name, described);
            } catch (SelectorError e) {
                throw new InvalidField("filter " + name + " is wrong: " + e.getMessage());
            }
            if (selector != null) {
                if (selectors.size() == MAX_SELECTORS) {
                    throw new InvalidField("a source may have " + MAX_SELECTORS + " filters, not more");
                }
                selectors.add(selector);
                applied.put(name, described);
            } else if (mayBeLocal && isNoLocal(described.getDescriptor())) {
                noLocal = true;
                applied.put(name, described);
            }
        }
        return new Filters(all(selectors), noLocal, applied.isEmpty() ? null : applied);
    }

    private static @Nullable Selector selector(Symbol name, DescribedType filter) {
        Object descriptor = filter.getDescriptor();
        if (isSelector(descriptor)) {
            return Selector.parse(text(name, filter.getDescribed()));
        }
        if (Symbols.SQL_FILTER_CODE.equals(descriptor) || Symbols.SQL_FILTER.equals(descriptor)) {
            return Selector.parseFilter(text(name, filter.getDescribed()));
        }
        Section section = PROPERTY_FILTERS.get(descriptor);
        return section == null ? null : PropertyFilter.of(section, references(name, filter.getDescribed()));
    }

    /** One selector for all, always the same for the same ones: by its text a durable subscription knows whether it has changed. */
    private static @Nullable Selector all(List<Selector> selectors) {
        return selectors.stream()
                .sorted(Comparator.comparing(Selector::text))
                .reduce(Selector::and)
                .orElse(null);
    }

    private static String text(Symbol name, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new InvalidField("filter " + name + " must be a string, not " + value);
    }

    private static Map<String, @Nullable Object> references(Symbol name, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> fields)) {
            throw new InvalidField("filter " + name + " must be a map, not " + value);
        }
        Map<String, @Nullable Object> references = new TreeMap<>();
        fields.forEach((field, reference) -> {
            if (!(field instanceof String || field instanceof Symbol)) {
                throw new InvalidField("filter " + name + " has a field " + field + ", which is no name");
            }
            references.put(field.toString(), plain(reference));
        });
        return references;
    }

    /** A value as selectors have it. */
    @SuppressWarnings("JavaUtilDate") // the codec's type for timestamps
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Symbol symbol) {
            return symbol.toString();
        } else if (value instanceof UnsignedLong || value instanceof UnsignedInteger) {
            return ((Number) value).longValue();
        } else if (value instanceof UnsignedShort || value instanceof UnsignedByte) {
            return ((Number) value).intValue();
        } else if (value instanceof Date time) {
            return time.getTime();
        } else if (value instanceof Binary bytes) {
            return bytes.asByteBuffer();
        }
        return value;
    }

    private static boolean isSelector(Object descriptor) {
        return Symbols.SELECTOR_FILTER_CODE.equals(descriptor)
                || Symbols.SELECTOR_FILTER.equals(descriptor)
                || Symbols.SELECTOR_FILTER_LEGACY.equals(descriptor);
    }

    private static boolean isNoLocal(Object descriptor) {
        return Symbols.NO_LOCAL_FILTER_CODE.equals(descriptor) || Symbols.NO_LOCAL_FILTER.equals(descriptor);
    }

    /** The filter set of a stored subscription; null when it takes everything. A property filter is stored as an SQL filter. */
    static @Nullable Map<Symbol, Object> stored(@Nullable String selector, boolean noLocal) {
        Map<Symbol, Object> filters = new LinkedHashMap<>();
        if (noLocal) {
            filters.put(
                    Symbols.NO_LOCAL, new UnknownDescribedType(Symbols.NO_LOCAL_FILTER_CODE, Collections.emptyList()));
        }
        for (Selector part : selector == null
                ? List.<Selector>of()
                : Selector.restore(selector).parts()) {
            String name = part.isFilter() ? "sql-filter" : "jms-selector";
            Symbol key = Symbol.valueOf(name);
            for (int another = 2; filters.containsKey(key); another++) {
                key = Symbol.valueOf(name + "-" + another);
            }
            Object code = part.isFilter() ? Symbols.SQL_FILTER_CODE : Symbols.SELECTOR_FILTER_CODE;
            filters.put(key, new UnknownDescribedType(code, part.expression()));
        }
        return filters.isEmpty() ? null : filters;
    }
}
