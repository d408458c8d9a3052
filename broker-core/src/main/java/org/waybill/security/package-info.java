/**
 * Who may log in: users with SCRAM-SHA-256 verifiers (RFC 5802, RFC 7677) in one file of the data directory. A verifier
 * proves a password without holding it, for SCRAM and PLAIN alike.
 *
 * <p>{@link org.waybill.security.UserStore} is the broker's view and is asked by adapters on event loops;
 * {@link org.waybill.security.UserFile} is the file itself, changed by the command line while a broker may be running.
 *
 * <p>It knows neither protocols nor sessions: an adapter speaks the mechanism and compares with what it gets here.
 */
@NullMarked
package org.waybill.security;

import org.jspecify.annotations.NullMarked;
