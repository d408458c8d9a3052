package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import jakarta.jms.Session;

/** What an application does during a shift. */
interface Work {
    /** Connects; the first line it writes is its START. */
    default Shift begin(Application application, HistoryFile history) throws JMSException {
        Shift shift = new Shift(application, history, Session.AUTO_ACKNOWLEDGE, null);
        shift.begin();
        return shift;
    }

    /** Works until {@link Shift#goesOn} says no. */
    void run(Shift shift) throws JMSException;
}
