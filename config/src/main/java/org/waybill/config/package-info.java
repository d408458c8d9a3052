/**
 * The broker's settings: immutable records, the defaults, and the reader of the one optional YAML file.
 *
 * <p>Every default stands once, in the {@code defaults()} of its record; the documented file {@code waybill.yaml} beside
 * these classes repeats it as a comment and a test holds the two together. Whatever is wrong in a file is told in one
 * sentence by {@link org.waybill.config.SettingsError}.
 *
 * <p>Anyone may call it, on any thread; nothing here knows the broker.
 */
@NullMarked
package org.waybill.config;

import org.jspecify.annotations.NullMarked;
