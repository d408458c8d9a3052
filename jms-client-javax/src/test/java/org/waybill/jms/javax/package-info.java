/** Tests of the jar whose classes implement {@code javax.jms}, from outside and by those names alone. */
@NullMarked
package org.waybill.jms.javax;

import org.jspecify.annotations.NullMarked;
