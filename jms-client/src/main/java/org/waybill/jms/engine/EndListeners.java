package org.waybill.jms.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who wants to hear of an end, and that end: each is told once, whichever came first. With the driver's lock held. */
final class EndListeners {
    private final Driver driver;
    private List<Consumer<ClientException>> waiting = List.of();
    private @Nullable ClientException reason;

    EndListeners(Driver driver) {
        this.driver = driver;
    }

    /** Tells this one at the end, or soon if that was. */
    void add(Consumer<ClientException> listener) {
        ClientException end = reason;
        if (end == null) {
            waiting = new ArrayList<>(waiting);
            waiting.add(listener);
        } else {
            tell(listener, end);
        }
    }

    /** It is over. Only the first call counts. That we closed it ourselves is nothing that needs to be told. */
    void over(ClientException end) {
        if (reason == null) {
            reason = end;
            waiting.forEach(listener -> tell(listener, end));
            waiting = List.of();
        }
    }

    private void tell(Consumer<ClientException> listener, ClientException end) {
        if (end.kind() != ClientException.Kind.CLOSED) {
            driver.afterwards(() -> listener.accept(end));
        }
    }
}
