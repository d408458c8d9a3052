'use strict';
/*
 * One of the clients of the interoperability table: rhea, driven with a JSON request a line on standard input. Requests, answers and the form
 * of values are described in ../python/peer.py. What was received is read with rhea's own reader from the bytes that rhea was about to decode,
 * because its decoded messages no longer tell an int from a ubyte.
 */
const crypto = require('crypto');
const readline = require('readline');
const rhea = require('rhea');
const types = rhea.types;

const SHORT = 256;
const PATIENCE_MS = 60000;
const SECTIONS = { 0x70: 'header', 0x71: 'delivery-annotations', 0x72: 'annotations', 0x73: 'properties', 0x74: 'app',
    0x75: 'data', 0x76: 'sequence', 0x77: 'value', 0x78: 'footer' };
const PROPERTY_NAMES = ['message-id', 'user-id', 'to', 'subject', 'reply-to', 'correlation-id', 'content-type', 'content-encoding',
    'absolute-expiry-time', 'creation-time', 'group-id', 'group-sequence', 'reply-to-group-id'];
const KINDS = { Null: 'null', Boolean: 'boolean', True: 'boolean', False: 'boolean', Ubyte: 'ubyte', Ushort: 'ushort', Uint: 'uint',
    SmallUint: 'uint', Uint0: 'uint', Ulong: 'ulong', SmallUlong: 'ulong', Ulong0: 'ulong', Byte: 'byte', Short: 'short', Int: 'int',
    SmallInt: 'int', Long: 'long', SmallLong: 'long', Float: 'float', Double: 'double', Decimal32: 'decimal32', Decimal64: 'decimal64',
    Decimal128: 'decimal128', CharUTF32: 'char', Timestamp: 'timestamp', Uuid: 'uuid', Vbin8: 'binary', Vbin32: 'binary', Str8: 'string',
    Str32: 'string', Sym8: 'symbol', Sym32: 'symbol', List0: 'list', List8: 'list', List32: 'list', Map8: 'map', Map32: 'map',
    Array8: 'array', Array32: 'array' };
const ARRAY_CODES = { int: 0x71, symbol: 0xb3, string: 0xb1, uuid: 0x98 };

const decode = rhea.message.decode;
rhea.message.decode = function (buffer) {
    const message = decode(buffer);
    Object.defineProperty(message, 'encoded', { value: buffer });
    return message;
};

/** Bytes that depend on their place, the same in all three languages. */
function generated(seed, length) {
    const blocks = [];
    for (let block = 0; block * 32 < length; block++) {
        blocks.push(crypto.createHash('sha256').update(seed + ':' + block).digest());
    }
    return Buffer.concat(blocks).subarray(0, length);
}

function eightBytes(text) {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64BE(BigInt.asIntN(64, BigInt(text)));
    return buffer;
}

function uuidBytes(text) {
    return Buffer.from(text.replace(/-/g, ''), 'hex');
}

/** The rhea value that a node stands for. */
function parse(node) {
    const value = node.v;
    if (node.gen !== undefined) {
        const data = generated(node.gen, node.len);
        return node.t === 'binary' ? types.wrap_binary(data) : types.wrap_string(data.toString('hex'));
    }
    switch (node.t) {
    case 'null': return types.Null();
    case 'boolean': return types.wrap_boolean(value);
    case 'ubyte': return types.wrap_ubyte(Number(value));
    case 'ushort': return types.wrap_ushort(Number(value));
    case 'uint': return types.wrap_uint(Number(value));
    case 'ulong': return types.Ulong(eightBytes(value));
    case 'byte': return types.wrap_byte(Number(value));
    case 'short': return types.wrap_short(Number(value));
    case 'int': return types.wrap_int(Number(value));
    case 'long': return types.Long(eightBytes(value));
    case 'float': return types.wrap_float(Buffer.from(value, 'hex').readFloatBE(0));
    case 'double': return types.wrap_double(Buffer.from(value, 'hex').readDoubleBE(0));
    case 'decimal32': return types.Decimal32(Buffer.from(value, 'hex'));
    case 'decimal64': return types.Decimal64(Buffer.from(value, 'hex'));
    case 'decimal128': return types.Decimal128(Buffer.from(value, 'hex'));
    case 'char': return types.wrap_char(Number(value));
    case 'timestamp': return types.wrap_timestamp(Number(value));
    case 'uuid': return types.wrap_uuid(uuidBytes(value));
    case 'binary': return types.wrap_binary(Buffer.from(value, 'hex'));
    case 'string': return types.wrap_string(value);
    case 'symbol': return types.wrap_symbol(value);
    case 'list': return types.wrap_list(value.map(parse));
    case 'map': return types.Map32(value.flat().map(parse));
    case 'array': return types.wrap_array(value.map((item) => parse(item).value), ARRAY_CODES[node.of]);
    case 'described': return types.described(parse(node.d), parse(value));
    default: throw new Error('no value for ' + node.t);
    }
}

function sized(kind, bytes, plain) {
    if (bytes.length > SHORT) {
        return { t: kind, len: bytes.length, sha256: crypto.createHash('sha256').update(bytes).digest('hex') };
    }
    return { t: kind, v: plain };
}

function whole(value) {
    return Buffer.isBuffer(value) ? null : String(value);
}

/** The node that stands for a value as rhea's reader gives it. */
function view(typed) {
    if (typed.descriptor) {
        const inner = Object.assign(Object.create(Object.getPrototypeOf(typed)), typed);
        inner.descriptor = undefined;
        return { t: 'described', d: view(typed.descriptor), v: view(inner) };
    }
    const kind = KINDS[typed.type.name];
    const value = typed.value;
    switch (kind) {
    case 'null': return { t: 'null' };
    case 'boolean': return { t: kind, v: Boolean(value) };
    case 'ulong': return { t: kind, v: whole(value) || value.readBigUInt64BE(0).toString() };
    case 'long': return { t: kind, v: whole(value) || value.readBigInt64BE(0).toString() };
    case 'float': { const b = Buffer.alloc(4); b.writeFloatBE(value); return { t: kind, v: b.toString('hex') }; }
    case 'double': { const b = Buffer.alloc(8); b.writeDoubleBE(value); return { t: kind, v: b.toString('hex') }; }
    case 'decimal32': case 'decimal64': case 'decimal128': return { t: kind, v: value.toString('hex') };
    case 'timestamp': return { t: kind, v: String(value.getTime()) };
    case 'uuid': return { t: kind, v: value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') };
    case 'binary': return sized(kind, value, value.toString('hex'));
    case 'string': return sized(kind, Buffer.from(value), value);
    case 'symbol': return { t: kind, v: value };
    case 'list': return { t: kind, v: value.map(view) };
    case 'map': return { t: kind, v: pairs(value).map(([key, item]) => [view(key), view(item)]) };
    case 'array': {
        const name = KINDS[types.by_code[typed.array_constructor.typecode].name];
        return { t: kind, of: name, v: value.map(view) };
    }
    default: return { t: kind, v: String(value) };
    }
}

function pairs(items) {
    const all = [];
    for (let i = 0; i < items.length; i += 2) {
        all.push([items[i], items[i + 1]]);
    }
    return all;
}

function byName(typedMap) {
    return Object.fromEntries(pairs(typedMap.value).map(([key, item]) => [key.value, view(item)]));
}

/** The digest of what follows header and annotations in an encoded message. */
function bare(encoded) {
    const reader = new types.Reader(encoded);
    let at = 0;
    while (reader.remaining() && [0x70, 0x71, 0x72].includes(Number(encoded[at + 2]))) {
        reader.read();
        at = reader.position;
    }
    return crypto.createHash('sha256').update(encoded.subarray(at)).digest('hex');
}

function messageOf(node) {
    const message = { durable: node.durable };
    if (node.priority !== undefined) {
        message.priority = node.priority;
    }
    for (const [key, value] of Object.entries(node.properties || {})) {
        const typed = parse(value);
        message[key.replace(/-/g, '_')] = key === 'message-id' || key === 'correlation-id' ? typed : typed.value;
    }
    const section = (entries) => Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, parse(value)]));
    if (node.annotations) {
        message.message_annotations = section(node.annotations);
    }
    if (node.app) {
        message.application_properties = section(node.app);
    }
    const body = parse(node.body.v);
    message.body = body;
    if (node.body.section === 'data') {
        message.body = rhea.message.data_section(body.value);
    } else if (node.body.section === 'sequence') {
        message.body = rhea.message.sequence_section(body.value);
    }
    return message;
}

function nodeOf(encoded) {
    const node = { durable: false, priority: 4, properties: {}, annotations: {}, app: {}, body: { section: 'value', v: { t: 'null' } }, bare: bare(encoded) };
    const reader = new types.Reader(encoded);
    while (reader.remaining()) {
        const constructor = reader.read_constructor();
        const section = reader.read_value(types.by_code[constructor.typecode]);
        const name = SECTIONS[Number(constructor.descriptor.value)];
        if (name === 'header') {
            const fields = section.value;
            node.durable = Boolean(fields[0] && fields[0].value);
            node.priority = fields[1] && fields[1].value !== null ? fields[1].value : 4;
        } else if (name === 'properties') {
            section.value.forEach((field, i) => {
                if (field.value !== null) {
                    node.properties[PROPERTY_NAMES[i]] = view(field);
                }
            });
        } else if (name === 'annotations' || name === 'app') {
            node[name] = byName(section);
        } else if (['data', 'sequence', 'value'].includes(name)) {
            const inner = (constructor.descriptors || []).slice(1);
            node.body = { section: name, v: inner.reduceRight((v, d) => ({ t: 'described', d: view(d), v }), view(section)) };
        }
    }
    return node;
}

function connect(port, reject) {
    const container = rhea.create_container();
    ['connection_error', 'session_error', 'sender_error', 'receiver_error'].forEach((event) => {
        container.on(event, (context) => {
            const subject = context.sender || context.receiver || context.session || context.connection;
            reject(new Error(event + ': ' + subject.error));
        });
    });
    container.on('disconnected', (context) => reject(new Error('disconnected: ' + (context.error || 'no reason'))));
    const connection = container.connect({ host: '127.0.0.1', port: port, username: 'anonymous', reconnect: false });
    return { container, connection };
}

function send(request) {
    return new Promise((resolve, reject) => {
        const { container, connection } = connect(request.port, reject);
        const digests = [];
        let settled = 0;
        const sender = connection.open_sender(request.address);
        container.on('sendable', () => {
            while (sender.sendable() && digests.length < request.messages.length) {
                const encoded = rhea.message.encode(messageOf(request.messages[digests.length]));
                digests.push(bare(encoded));
                sender.send(encoded, undefined, 0);
            }
        });
        container.on('accepted', () => {
            settled++;
            if (settled === request.messages.length) {
                container.removeAllListeners('disconnected');
                connection.close();
                resolve({ ok: true, bare: digests });
            }
        });
        ['rejected', 'released', 'modified'].forEach((outcome) => container.on(outcome, () => reject(new Error('a message was ' + outcome))));
    });
}

function receive(request) {
    return new Promise((resolve, reject) => {
        const { container, connection } = connect(request.port, reject);
        const nodes = [];
        connection.open_receiver({ source: request.address, credit_window: 10 });
        container.on('message', (context) => {
            nodes.push(nodeOf(context.message.encoded));
            if (nodes.length === request.count) {
                context.delivery.accept();
                container.removeAllListeners('disconnected');
                connection.close();
                resolve({ ok: true, messages: nodes });
            }
        });
    });
}

function within(promise) {
    let timer;
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('not done in time')), PATIENCE_MS); });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function main() {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const request = JSON.parse(line);
        let answer;
        try {
            answer = await within(request.op === 'send' ? send(request) : receive(request));
        } catch (failure) {
            answer = { ok: false, error: failure.stack };
        }
        process.stdout.write(JSON.stringify(answer) + '\n');
    }
    process.exit(0);
}

main();
