package org.waybill.selector;

import org.jspecify.annotations.Nullable;

/** Unary plus and minus; NULL unless the operand is a number. */
record Sign(Expression operand, boolean isNegative) implements Expression {
    @Override
    public Type type() {
        return Type.NUMBER;
    }

    @Override
    public @Nullable Object value(PropertySource source) {
        if (!(operand.value(source) instanceof Number number)) {
            return null;
        }
        return isNegative ? Promotion.negate(number) : number;
    }
}
