package org.waybill.jms.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import org.junit.jupiter.api.Test;
import org.waybill.jms.session.Subscriptions.Kind;
import org.waybill.jms.session.Subscriptions.Use;

class SubscriptionsTest {
    private final Subscriptions subscriptions = new Subscriptions();

    private Use use(Kind kind, boolean hasClientId) throws JMSException {
        return subscriptions.use(kind, "sub", "topic", null, hasClientId);
    }

    @Test
    void linksAreNamedAsQpidJmsNamesThem() throws JMSException {
        assertThat(use(Kind.DURABLE, true).linkName()).isEqualTo("sub");
        assertThat(use(Kind.SHARED, true).linkName()).isEqualTo("sub|volatile1");
        assertThat(use(Kind.SHARED, true).linkName()).isEqualTo("sub|volatile2");
        Subscriptions others = new Subscriptions();
        assertThat(others.use(Kind.SHARED_DURABLE, "sub", "topic", null, true).linkName())
                .isEqualTo("sub");
        assertThat(others.use(Kind.SHARED_DURABLE, "sub", "topic", null, true).linkName())
                .isEqualTo("sub|2");
        Subscriptions global = new Subscriptions();
        assertThat(global.use(Kind.SHARED_DURABLE, "sub", "topic", null, false).linkName())
                .isEqualTo("sub|global");
        assertThat(global.use(Kind.SHARED_DURABLE, "sub", "topic", null, false).linkName())
                .isEqualTo("sub|global2");
        assertThat(global.use(Kind.SHARED, "sub", "topic", null, false).linkName())
                .isEqualTo("sub|global-volatile1");
    }

    @Test
    void oneThatIsNotSharedHasOneConsumer() throws JMSException {
        Use first = use(Kind.DURABLE, true);
        assertThatThrownBy(() -> use(Kind.DURABLE, true)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> use(Kind.SHARED_DURABLE, true)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> subscriptions.toUnsubscribe("sub", true)).isInstanceOf(IllegalStateException.class);
        subscriptions.release(first);
        assertThat(use(Kind.SHARED_DURABLE, true).linkName()).isEqualTo("sub");
    }

    @Test
    void whoSharesOneAgreesOnTopicAndSelector() throws JMSException {
        use(Kind.SHARED, true);
        assertThatThrownBy(() -> subscriptions.use(Kind.SHARED, "sub", "other", null, true))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> subscriptions.use(Kind.SHARED, "sub", "topic", "a = 1", true))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theNameOfAClosedConsumersLinkIsFreeAgain() throws JMSException {
        Use first = use(Kind.SHARED, true);
        use(Kind.SHARED, true);
        subscriptions.release(first);
        assertThat(use(Kind.SHARED, true).linkName()).isEqualTo("sub|volatile1");
    }

    @Test
    void aNameMustNotLookLikeALinksName() {
        assertThatThrownBy(() -> subscriptions.use(Kind.DURABLE, "a|b", "topic", null, true))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> subscriptions.use(Kind.DURABLE, "", "topic", null, true))
                .isInstanceOf(JMSException.class);
    }
}
