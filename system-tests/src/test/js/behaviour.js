'use strict';
/*
 * What the broker does for JavaScript clients, seen through rhea: the counterpart of ../python/behaviour.py, spoken to in the same way. Each
 * function of "scenarios" is a test.
 */
const readline = require('readline');
const rhea = require('rhea');
const WebSocket = require('ws');
const types = rhea.types;

const PATIENCE_MS = 20000;
let names = 0;
/** Whether connections are to go over WebSockets, for all of a process. */
let overWebSocket = false;

function unique(base) {
    return base + '.' + process.pid + '.' + ++names;
}

function equal(seen, expected, what) {
    if (JSON.stringify(seen) !== JSON.stringify(expected)) {
        throw new Error(what + ': expected ' + JSON.stringify(expected) + ', seen ' + JSON.stringify(seen));
    }
}

/** Resolves with the context of the next event of this name, and rejects with that of one of the others. */
function next(emitter, name, ...failures) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no ' + name + ' in time')), PATIENCE_MS);
        const end = (settle) => (context) => {
            clearTimeout(timer);
            settle(context);
        };
        emitter.once(name, end(resolve));
        failures.forEach((failure) => emitter.once(failure, end((context) =>
            reject(new Error(failure + ' instead of ' + name + ': ' + (context.receiver || context.sender || {}).error)))));
    });
}

function way(container, port) {
    if (!overWebSocket) {
        return { host: '127.0.0.1', port };
    }
    return { connection_details: container.websocket_connect(WebSocket)('ws://127.0.0.1:' + port, ['amqp']) };
}

/** One connection of a container, and what is done over it. */
class Client {
    constructor(port, id) {
        const container = rhea.create_container({ id: id || unique('rhea') });
        container.on('error', () => {});
        this.connection = container.connect({ ...way(container, port), reconnect: false, username: 'anonymous' });
        this.connection.on('disconnected', () => {});
    }

    async sender(target, options) {
        const sender = this.connection.open_sender({ target, ...options });
        await next(sender, 'sendable', 'sender_error');
        return sender;
    }

    /** A receiver that keeps what comes in "got", and accepts it unless told otherwise. */
    async receiver(source, options) {
        const receiver = this.connection.open_receiver({ source, credit_window: 0, autoaccept: false, ...options });
        receiver.got = [];
        receiver.on('message', (context) => receiver.got.push(context));
        await next(receiver, 'receiver_open', 'receiver_error');
        return receiver;
    }

    async close() {
        this.connection.close();
        await next(this.connection, 'connection_close');
    }
}

async function send(sender, ...messages) {
    for (const message of messages) {
        const delivery = sender.send(typeof message === 'string' ? { body: message, durable: true } : message);
        await new Promise((resolve, reject) => {
            sender.once('accepted', resolve);
            ['released', 'rejected', 'modified'].forEach((outcome) =>
                sender.once(outcome, () => reject(new Error('message ' + delivery.id + ' was ' + outcome))));
        });
    }
}

/** The bodies of the next messages, accepted. */
async function take(receiver, count, how) {
    receiver.add_credit(count);
    while (receiver.got.length < count) {
        await next(receiver, 'message');
    }
    const bodies = receiver.got.splice(0, count).map((context) => {
        (how || ((delivery) => delivery.accept()))(context.delivery);
        return context.message.body;
    });
    return bodies;
}

/** Nothing is there: credit is drained without a message. */
async function nothing(receiver) {
    receiver.drain = true;
    receiver.add_credit(10);
    await next(receiver, 'receiver_drained');
    receiver.drain = false;
    equal(receiver.got.map((context) => context.message.body), [], 'what is left');
}

const scenarios = {
    async a_topic_goes_to_every_subscriber(port) {
        const client = new Client(port);
        const topic = { address: unique('topic'), capabilities: 'topic' };
        const one = await client.receiver(topic);
        const other = await client.receiver(topic);
        await send(await client.sender(topic), 'a', 'b');
        equal(await take(one, 2), ['a', 'b'], 'the first subscriber');
        equal(await take(other, 2), ['a', 'b'], 'the other one');
        await client.close();
    },

    async a_durable_subscription_waits_for_its_client(port) {
        const address = unique('news');
        const topic = { address, capabilities: 'topic' };
        const id = unique('subscriber');
        const source = { address, capabilities: 'topic', durable: 2, expiry_policy: 'never' };
        const first = new Client(port, id);
        await first.receiver(source, { name: 'daily' });
        await first.close();
        const publisher = new Client(port);
        await send(await publisher.sender(topic), 'while away');
        const again = new Client(port, id);
        const receiver = await again.receiver(source, { name: 'daily' });
        equal(await take(receiver, 1), ['while away'], 'what waited');
        receiver.close();
        await next(receiver, 'receiver_close');
        await send(await publisher.sender(topic), 'after the end');
        await nothing(await again.receiver(source, { name: 'daily' }));
        await again.close();
        await publisher.close();
    },

    async a_shared_subscription_gives_each_message_to_one(port) {
        const address = unique('work');
        const source = { address, capabilities: ['topic', 'shared', 'global'] };
        const one = new Client(port);
        const other = new Client(port);
        const first = await one.receiver(source, { name: 'team|global-volatile1' });
        const second = await other.receiver(source, { name: 'team|global-volatile2' });
        first.add_credit(10);
        second.add_credit(10);
        await send(await one.sender({ address, capabilities: 'topic' }), '1', '2', '3', '4');
        while (first.got.length + second.got.length < 4) {
            await Promise.race([next(first, 'message'), next(second, 'message')]);
        }
        const bodies = first.got.concat(second.got).map((context) => context.message.body).sort();
        equal(bodies, ['1', '2', '3', '4'], 'each message once');
        await one.close();
        await other.close();
    },

    async a_selector_takes_what_it_wants_and_leaves_the_rest(port) {
        const client = new Client(port);
        const address = unique('colours');
        const colour = (name) => ({ body: name, application_properties: { colour: name } });
        await send(await client.sender(address), colour('red'), colour('blue'), colour('red'));
        const red = await client.receiver({ address, filter: rhea.filter.selector("colour = 'red'") });
        equal(await take(red, 2), ['red', 'red'], 'what was selected');
        equal(await take(await client.receiver(address), 1), ['blue'], 'what was left');
        await client.close();
    },

    async a_bad_selector_is_refused_with_a_reason(port) {
        const client = new Client(port);
        const source = { address: unique('colours'), filter: rhea.filter.selector('colour = ') };
        const receiver = client.connection.open_receiver({ source });
        const context = await next(receiver, 'receiver_error', 'message');
        equal(context.receiver.error.condition, 'amqp:invalid-field', 'the condition');
        await client.close();
    },

    async a_scheduled_message_comes_when_it_is_due(port) {
        const client = new Client(port);
        const address = unique('later');
        const due = Date.now() + 700;
        const later = { body: 'later', message_annotations: { 'x-opt-delivery-time': types.wrap_long(due) } };
        await send(await client.sender(address), later, 'now');
        const receiver = await client.receiver(address);
        equal(await take(receiver, 2), ['now', 'later'], 'the order');
        if (Date.now() < due) {
            throw new Error('it came ' + (due - Date.now()) + ' ms early');
        }
        await client.close();
    },

    async an_expired_message_is_not_delivered(port) {
        const client = new Client(port);
        const address = unique('brief');
        await send(await client.sender(address), { body: 'brief', ttl: 1 }, 'lasting');
        await new Promise((resolve) => setTimeout(resolve, 50));
        equal(await take(await client.receiver(address), 1), ['lasting'], 'what is left');
        await client.close();
    },

    async a_browser_takes_nothing(port) {
        const client = new Client(port);
        const address = unique('shelf');
        await send(await client.sender(address), 'a', 'b');
        const browser = await client.receiver({ address, distribution_mode: 'copy' });
        equal(await take(browser, 2), ['a', 'b'], 'what it sees');
        equal(await take(await client.receiver(address), 2), ['a', 'b'], 'what is there');
        await client.close();
    },

    async what_is_given_back_comes_again_and_failures_count(port) {
        const client = new Client(port);
        const address = unique('again');
        await send(await client.sender(address), 'm');
        const receiver = await client.receiver(address);
        await take(receiver, 1, (delivery) => delivery.release());
        await take(receiver, 1, (delivery) => delivery.modified({ delivery_failed: true }));
        receiver.add_credit(1);
        const { message, delivery } = await next(receiver, 'message');
        equal([message.body, message.delivery_count], ['m', 1], 'the third time');
        delivery.reject({ condition: 'my:bad', description: 'no good' });
        receiver.got.length = 0;
        const dead = await client.receiver('dead-letters');
        equal(await take(dead, 1), ['m'], 'the dead letters');
        await client.close();
    },

    async a_dynamic_node_ends_with_its_connection(port) {
        const client = new Client(port);
        const receiver = await client.receiver({ dynamic: true });
        const address = receiver.source.address;
        const other = new Client(port);
        await send(await other.sender(address), 'reply');
        equal(await take(receiver, 1), ['reply'], 'what was sent there');
        await client.close();
        const late = other.connection.open_sender(address);
        const context = await next(late, 'sender_error', 'sendable');
        equal(context.sender.error.condition, 'amqp:not-found', 'the condition');
        await other.close();
    },

    async the_anonymous_terminus_sends_where_each_message_says(port) {
        const client = new Client(port);
        const here = unique('here');
        const there = unique('there');
        await send(await client.sender({}), { to: here, body: 'h' }, { to: there, body: 't' });
        equal(await take(await client.receiver(here), 1), ['h'], 'here');
        equal(await take(await client.receiver(there), 1), ['t'], 'there');
        await client.close();
    },
};

async function answer(request) {
    if (request.scenario === 'list') {
        return { ok: true, scenarios: Object.keys(scenarios) };
    }
    overWebSocket = request.webSocket;
    try {
        await scenarios[request.scenario](request.port);
        return { ok: true };
    } catch (failure) {
        return { ok: false, error: failure.stack || String(failure) };
    }
}

async function main() {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n');
    }
    process.exit(0);
}

main();
