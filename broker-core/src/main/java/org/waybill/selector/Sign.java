package org.waybill.selector;

import org.jspecify.annotations.Nullable;

/** Unary plus and minus; NULL unless the operand is a number. */
record Sign(Expression operand, boolean isNegative) implements Expression {
    @Override
    public ValueType type() {
        return ValueType.NUMBER;
    }

    @Override
    public @Nullable Object value(PropertySource source) {
        if (!(operand.value(source) instanceof Number number)) {
            return null;
        }
        return isNegative ? Promotion.negate(number) : number;
    }
}
