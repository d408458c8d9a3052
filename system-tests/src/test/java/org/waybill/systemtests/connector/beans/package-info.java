/** Beans that run in the application server, and know nothing but Jakarta EE and the server's transaction manager. */
package org.waybill.systemtests.connector.beans;
