package org.waybill.systemtests.bank;

import com.arjuna.ats.arjuna.AtomicAction;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.RecoveryEnvironmentBean;
import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.arjuna.common.recoveryPropertyManager;
import com.arjuna.ats.arjuna.objectstore.StoreManager;
import com.arjuna.ats.arjuna.recovery.RecoveryManager;
import com.arjuna.ats.arjuna.state.InputObjectState;
import com.arjuna.ats.internal.arjuna.common.UidHelper;
import com.arjuna.ats.internal.arjuna.recovery.AtomicActionRecoveryModule;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTAActionStatusServiceXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTANodeNameXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTATransactionLogXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.XARecoveryModule;
import com.arjuna.ats.internal.jta.resources.arjunacore.XAResourceRecord;
import com.arjuna.ats.internal.jta.resources.arjunacore.XAResourceRecordWrappingPlugin;
import com.arjuna.ats.jta.common.JTAEnvironmentBean;
import com.arjuna.ats.jta.common.jtaPropertyManager;
import com.arjuna.ats.jta.recovery.XAResourceRecoveryHelper;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.util.List;
import javax.transaction.xa.XAResource;
import org.jboss.tm.XAResourceWrapper;

/** Narayana in this process: its object store in files, its periodic recovery every second. */
final class NarayanaCoordinator implements Coordinator {
    private static final String NODE = "bank";

    /** Longer than a transfer takes from its first prepare to its record in the log. */
    private static final int ORPHAN_AFTER_MS = 2_000;

    /** So long at most the broker keeps what an application that died had ended and not prepared. */
    private static final int LONGEST_S = 10;

    private NarayanaCoordinator() {}

    /** Starts it. Once in a process, because Narayana lives in static fields. */
    static NarayanaCoordinator start(Path store, List<Recoverable> sides) throws CoreEnvironmentBeanException {
        arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier(NODE);
        arjPropertyManager.getCoordinatorEnvironmentBean().setDefaultTimeout(LONGEST_S);
        arjPropertyManager.getObjectStoreEnvironmentBean().setObjectStoreDir(store.toString());
        for (String name : List.of("communicationStore", "stateStore")) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, name)
                    .setObjectStoreDir(store.toString());
        }
        JTAEnvironmentBean jta = jtaPropertyManager.getJTAEnvironmentBean();
        jta.setXaRecoveryNodes(List.of(NODE));
        jta.setOrphanSafetyInterval(ORPHAN_AFTER_MS);
        jta.setXaResourceOrphanFilterClassNames(List.of(
                JTATransactionLogXAResourceOrphanFilter.class.getName(),
                JTANodeNameXAResourceOrphanFilter.class.getName(),
                JTAActionStatusServiceXAResourceOrphanFilter.class.getName()));
        jta.setXAResourceRecordWrappingPlugin(new Names());
        startRecovery(sides);
        return new NarayanaCoordinator();
    }

    private static void startRecovery(List<Recoverable> sides) {
        RecoveryEnvironmentBean recovery = recoveryPropertyManager.getRecoveryEnvironmentBean();
        recovery.setRecoveryListener(false);
        recovery.setTransactionStatusManagerPort(0);
        recovery.setPeriodicRecoveryPeriod(1);
        recovery.setRecoveryBackoffPeriod(1);
        recovery.setExpiryScannerClassNames(List.of());
        XARecoveryModule module = new XARecoveryModule();
        sides.forEach(side -> module.addXAResourceRecoveryHelper(new Helper(side)));
        recovery.setRecoveryModules(List.of(new AtomicActionRecoveryModule(), module));
        RecoveryManager manager = RecoveryManager.manager(RecoveryManager.INDIRECT_MANAGEMENT);
        manager.initialize();
        manager.startRecoveryManagerThread();
    }

    private record Helper(Recoverable side) implements XAResourceRecoveryHelper {
        @Override
        public boolean initialise(String properties) {
            return true;
        }

        @Override
        public XAResource[] getXAResources() throws Exception {
            return new XAResource[] {side.resource()};
        }
    }

    /**
     * Writes the name of a resource into the log: a branch that a resource of the same name no longer lists has been committed by it before,
     * and a resource that could not be asked proves nothing.
     */
    private static final class Names implements XAResourceRecordWrappingPlugin {
        @Override
        public void transcribeWrapperData(XAResourceRecord branch) {
            if (branch.value() instanceof XAResourceWrapper resource) {
                branch.setProductName(resource.getProductName());
                branch.setProductVersion(resource.getProductVersion());
                branch.setJndiName(resource.getJndiName());
            }
        }

        @Override
        public Integer getEISName(XAResource resource) {
            return 0;
        }

        @Override
        public String getEISName(Integer number) {
            return "unknown";
        }
    }

    @Override
    public TransactionManager transactions() {
        return com.arjuna.ats.jta.TransactionManager.transactionManager();
    }

    @Override
    public int unfinished() throws Exception {
        InputObjectState uids = new InputObjectState();
        if (!StoreManager.getRecoveryStore().allObjUids(new AtomicAction().type(), uids)) {
            return 0;
        }
        int count = 0;
        while (!UidHelper.unpackFrom(uids).equals(Uid.nullUid())) {
            count++;
        }
        return count;
    }
}
