package org.waybill.selector;

/** A constant. */
record Literal(Object constant, Expression.Type type) implements Expression {
    @Override
    public Object value(PropertySource source) {
        return constant;
    }
}
