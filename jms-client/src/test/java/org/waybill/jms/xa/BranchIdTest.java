package org.waybill.jms.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.apache.qpid.proton.amqp.Binary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.waybill.amqp.engine.WireXid;

/** Ids of branches go to the server and come back as they were, and what is no id is refused. */
class BranchIdTest {
    /** Another's class, without equality. */
    private record Foreign(int formatId, byte @Nullable [] gtrid, byte @Nullable [] bqual) {
        Xid xid() {
            return new Xid() {
                @Override
                public int getFormatId() {
                    return formatId;
                }

                @Override
                public byte @Nullable [] getGlobalTransactionId() {
                    return gtrid;
                }

                @Override
                public byte @Nullable [] getBranchQualifier() {
                    return bqual;
                }
            };
        }
    }

    @Test
    void comesBackFromTheWireAsItWas() throws XAException {
        BranchId id = BranchId.of(new Foreign(7, new byte[64], new byte[0]).xid());

        assertThat(BranchId.read(id.wire())).isEqualTo(id).hasSameHashCodeAs(id);
        assertThat(BranchId.of(id)).isSameAs(id);
        assertThat(id.getGlobalTransactionId()).hasSize(64);
        assertThat(id.getBranchQualifier()).isEmpty();
    }

    @Test
    void isEqualWhenAllThreePartsAre() throws XAException {
        BranchId id = BranchId.of(new Foreign(1, new byte[] {1}, new byte[] {2}).xid());

        assertThat(BranchId.of(new Foreign(1, new byte[] {1}, new byte[] {2}).xid()))
                .isEqualTo(id);
        assertThat(BranchId.of(new Foreign(2, new byte[] {1}, new byte[] {2}).xid()))
                .isNotEqualTo(id);
        assertThat(BranchId.of(new Foreign(1, new byte[] {2}, new byte[] {2}).xid()))
                .isNotEqualTo(id);
        assertThat(BranchId.of(new Foreign(1, new byte[] {1}, new byte[] {1}).xid()))
                .isNotEqualTo(id);
        assertThat(id).hasToString("1:01:02");
    }

    @Test
    void refusesWhatIsNoId() {
        for (Foreign wrong : List.of(
                new Foreign(1, null, new byte[0]),
                new Foreign(1, new byte[1], null),
                new Foreign(1, new byte[0], new byte[0]),
                new Foreign(1, new byte[65], new byte[0]),
                new Foreign(1, new byte[1], new byte[65]))) {
            assertThatThrownBy(() -> BranchId.of(wrong.xid()))
                    .isInstanceOfSatisfying(
                            XAException.class, e -> assertThat(e.errorCode).isEqualTo(XAException.XAER_INVAL));
        }
    }

    @Test
    void readsNothingElseFromTheWire() {
        assertThat(BranchId.read(null)).isNull();
        assertThat(BranchId.read("xid")).isNull();
        assertThat(BranchId.read(new WireXid(List.of(1, new Binary(new byte[1])))))
                .isNull();
        assertThat(BranchId.read(new WireXid(List.of(1L, new Binary(new byte[1]), new Binary(new byte[1])))))
                .isNull();
    }
}
