/**
 * Message selectors, the conditional expressions of Jakarta Messaging 3.1 section 3.8.1 (a subset of SQL-92), and the filter
 * expressions of AMQP, which are a superset of them: one grammar in two {@code Dialect}s.
 *
 * <p>A {@link org.waybill.selector.Selector} is parsed once, when a consumer or subscription comes, and then asked about
 * one message after the other. Text goes through {@code Lexer} (characters to tokens) and {@code Parser} (tokens to a
 * sealed tree of {@code Expression}s, of which {@code Condition}s have a truth value); the tree evaluates itself with
 * SQL's three-valued logic, on properties it looks up only when it comes to them. Who has many selectors to ask about one
 * message keeps them in a {@link org.waybill.selector.SelectorIndex}.
 *
 * <p>Anybody may call it, from any thread: what parsing returns never changes (an index does, and belongs to one loop). It
 * knows neither messages nor protocols; values come through {@link org.waybill.selector.PropertySource}.
 */
@NullMarked
package org.waybill.selector;

import org.jspecify.annotations.NullMarked;
