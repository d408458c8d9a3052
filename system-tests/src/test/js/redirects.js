'use strict';
/*
 * Asks a node for redirects, through rhea. A line on standard input is a JSON request:
 *
 *   { "host", "port", "user", "password",            where and as whom; nobody without a user
 *     "near":                                        an address that the connection wants to be near to, or
 *     "receiver" or "sender":                        the address of a link,
 *     "ask": false }                                 which desires no redirect
 *
 * The answering line is { "condition", "info" } of the error that came, or { "taken": true }.
 */
const readline = require('readline');
const rhea = require('rhea');

const PATIENCE_MS = 20000;

function answer(request) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
        const connection = rhea.create_container().connect({
            host: request.host,
            port: request.port,
            username: request.user || 'anonymous',
            password: request.password,
            reconnect: false,
            properties: request.near ? { 'waybill:near': request.near } : {},
        });
        const done = (result) => {
            clearTimeout(timer);
            if (result.condition === undefined || !result.condition.startsWith('amqp:connection:')) {
                connection.once('connection_close', () => resolve(result));
                connection.close();
            } else {
                resolve(result);
            }
        };
        const failed = (error) => done({ condition: error.condition, info: error.info });
        connection.on('disconnected', (context) => reject(context.error || new Error('disconnected')));
        connection.on('connection_error', () => failed(connection.error));
        if (request.near) {
            // a node that refuses the connection says so in its open
            connection.on('connection_open', () => {
                if (!(connection.properties || {})['amqp:connection-establishment-failed']) {
                    done({ taken: true });
                }
            });
            return;
        }
        const options = request.ask === false ? {} : { desired_capabilities: ['waybill:redirect'] };
        const receiver = request.receiver !== undefined;
        const link = receiver
            ? connection.open_receiver({ source: request.receiver, credit_window: 0, ...options })
            : connection.open_sender({ target: request.sender, ...options });
        // a refused attach is answered, without a terminus, before it is detached
        link.on(receiver ? 'receiver_open' : 'sender_open', () => {
            if ((receiver ? link.source : link.target).address) {
                done({ taken: true });
            }
        });
        link.on(receiver ? 'receiver_error' : 'sender_error', () => failed(link.error));
    });
}

async function run() {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const result = await answer(JSON.parse(line));
        process.stdout.write(JSON.stringify(result) + '\n');
    }
}

run().catch((error) => {
    process.stderr.write(error.stack + '\n');
    process.exit(1);
});
