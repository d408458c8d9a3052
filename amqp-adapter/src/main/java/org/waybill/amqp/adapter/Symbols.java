package org.waybill.amqp.adapter;

import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;

/** The names beyond AMQP 1.0's own that this adapter understands (AMQP-BINDMAP, sole connection, registered filters). */
final class Symbols {
    static final Symbol ANONYMOUS_RELAY = Symbol.valueOf("ANONYMOUS-RELAY");
    static final Symbol FILTEX_SQL = Symbol.valueOf("AMQP_FILTEX_SQL_V1_0");
    static final Symbol FILTEX_PROPERTIES = Symbol.valueOf("AMQP_FILTEX_PROP_V1_0");
    static final Symbol SHARED_SUBS = Symbol.valueOf("SHARED-SUBS");
    static final Symbol DELAYED_DELIVERY = Symbol.valueOf("DELAYED_DELIVERY");
    static final Symbol SOLE_CONNECTION = Symbol.valueOf("sole-connection-for-container");
    static final Symbol SOLE_CONNECTION_ENFORCEMENT = Symbol.valueOf("sole-connection-enforcement");
    static final Symbol SOLE_CONNECTION_ENFORCEMENT_POLICY = Symbol.valueOf("sole-connection-enforcement-policy");
    static final Symbol SOLE_CONNECTION_DETECTION_POLICY = Symbol.valueOf("sole-connection-detection-policy");
    static final Symbol ESTABLISHMENT_FAILED = Symbol.valueOf("amqp:connection-establishment-failed");
    static final Symbol INVALID_FIELD_NAME = Symbol.valueOf("invalid-field");
    static final Symbol CONTAINER_ID = Symbol.valueOf("container-id");
    static final Symbol PRODUCT = Symbol.valueOf("product");
    static final Symbol VERSION = Symbol.valueOf("version");
    static final Symbol PLATFORM = Symbol.valueOf("platform");

    static final Symbol QUEUE = Symbol.valueOf("queue");
    static final Symbol TOPIC = Symbol.valueOf("topic");
    static final Symbol TEMPORARY_QUEUE = Symbol.valueOf("temporary-queue");
    static final Symbol TEMPORARY_TOPIC = Symbol.valueOf("temporary-topic");
    static final Symbol SHARED = Symbol.valueOf("shared");
    static final Symbol GLOBAL = Symbol.valueOf("global");
    static final Symbol COPY = Symbol.valueOf("copy");
    static final Symbol MOVE = Symbol.valueOf("move");
    static final Symbol LIFETIME_POLICY = Symbol.valueOf("lifetime-policy");

    static final UnsignedLong SELECTOR_FILTER_CODE = UnsignedLong.valueOf(0x0000468C00000004L);
    static final Symbol SELECTOR_FILTER = Symbol.valueOf("apache.org:selector-filter:string");
    static final Symbol SELECTOR_FILTER_LEGACY = Symbol.valueOf("apache.org:jms-selector-filter:string");

    static final UnsignedLong NO_LOCAL_FILTER_CODE = UnsignedLong.valueOf(0x0000468C00000003L);
    static final Symbol NO_LOCAL_FILTER = Symbol.valueOf("apache.org:no-local-filter:list");
    static final UnsignedLong SQL_FILTER_CODE = UnsignedLong.valueOf(0x120);
    static final Symbol SQL_FILTER = Symbol.valueOf("amqp:sql-filter");
    static final Symbol NO_LOCAL = Symbol.valueOf("no-local");

    static final Symbol RABBITMQ_PRIORITY = Symbol.valueOf("rabbitmq:priority");
    static final Symbol PRIORITY = Symbol.valueOf("priority");

    static final Symbol TRANSACTION_UNKNOWN_ID = Symbol.valueOf("amqp:transaction:unknown-id");
    static final Symbol TRANSACTION_TIMEOUT = Symbol.valueOf("amqp:transaction:timeout");
    static final Symbol TRANSACTION_ROLLBACK = Symbol.valueOf("amqp:transaction:rollback");
    static final Symbol XA = Symbol.valueOf("waybill:xa");
    /** Desired by who is there for the management node alone, and so is not to be sent to another node of the cluster. */
    static final Symbol MANAGEMENT = Symbol.valueOf("waybill:management");

    /** An open's property: the address whose leader the connection wants to be on. */
    static final Symbol NEAR = Symbol.valueOf("waybill:near");
    /** Desired of a link that is to be refused where another node leads its address. */
    static final Symbol REDIRECT = Symbol.valueOf("waybill:redirect");

    static final Symbol HOSTNAME = Symbol.valueOf("hostname");
    static final Symbol NETWORK_HOST = Symbol.valueOf("network-host");
    static final Symbol PORT = Symbol.valueOf("port");
    static final Symbol SCHEME = Symbol.valueOf("scheme");
    static final Symbol ADDRESS = Symbol.valueOf("address");

    static final Symbol XA_DUPLICATE = Symbol.valueOf("waybill:xa:dupid");
    static final Symbol DURABILITY = Symbol.valueOf("waybill:durability");
    static final Symbol BLOCKED_REASON = Symbol.valueOf("waybill:blocked-reason");

    private Symbols() {}
}
