/**
 * Waybill's client in an application server, by Jakarta Connectors 2.1: what the server configures, starts and asks. Docs: {@code
 * docs/resource-adapter.md}.
 *
 * <p>Inbound ({@code Activation} and below): one connection for each message-driven bean, whose messages go to sessions that the
 * server's threads run, each message in the transaction that the bean asks for. Outbound ({@code WaybillManagedConnectionFactory} and
 * below): the server pools {@code ManagedSession}s and enlists them; the application has handles, which forbid what an application
 * must not do in a server (Jakarta Messaging 3.1, chapter 12).
 *
 * <p>Threads are the server's: its work manager's and its timer's. Nothing here makes one. It knows {@code jms-client} by its
 * factories, its context and the interfaces of {@code jakarta.jms}; names with get and set are those that the server looks for.
 */
@NullMarked
package org.waybill.ra;

import org.jspecify.annotations.NullMarked;
