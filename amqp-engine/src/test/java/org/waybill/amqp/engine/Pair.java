package org.waybill.amqp.engine;

/** A client and a server of one codec, opened, with one session. */
final class Pair {
    final Codec codec = new Codec();
    final Peer client;
    final Peer server;
    final SessionEngine session;
    int pieceBytes = Integer.MAX_VALUE;

    Pair(Limits clientLimits, Limits serverLimits) {
        client = Peer.client(codec, clientLimits);
        server = Peer.server(codec, serverLimits);
        client.engine.open(Peer.open("client"));
        session = client.engine.session(client);
        session.begin();
        exchange();
    }

    static Pair of(Limits limits) {
        return new Pair(limits, limits);
    }

    static Pair ordinary() {
        return of(Peer.limits(4096, 100, 0));
    }

    void exchange() {
        Peer.exchange(client, server, pieceBytes);
    }

    /** A link from client to server on which the server grants this credit. */
    SenderLink producer(String name, int credit) {
        server.credit = credit;
        SenderLink link = session.sender(name, client);
        link.attach(Peer.attach("a"));
        exchange();
        return link;
    }

    /** A link from server to client on which the client grants this credit; the server's end of it. */
    SenderLink consumer(String name, int credit) {
        ReceiverLink link = session.receiver(name, client.receiving);
        link.attach(Peer.attach("a"));
        if (credit > 0) {
            link.grantCredit(credit);
        }
        exchange();
        return server.senders.get(server.senders.size() - 1);
    }

    ReceiverLink receiverOf(SenderLink sender) {
        for (SessionEngine session : new SessionEngine[] {this.session, server.sessions.get(0)}) {
            for (Link link : session.links()) {
                if (link instanceof ReceiverLink receiver && receiver.name().equals(sender.name())) {
                    return receiver;
                }
            }
        }
        throw new AssertionError("no receiver " + sender.name());
    }

    void clearLogs() {
        client.log.clear();
        server.log.clear();
    }
}
