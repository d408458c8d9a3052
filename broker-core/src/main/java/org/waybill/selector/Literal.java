package org.waybill.selector;

/** A constant. */
record Literal(Object constant, ValueType type) implements Expression {
    @Override
    public Object value(PropertySource source) {
        return constant;
    }
}
