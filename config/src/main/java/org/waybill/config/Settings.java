package org.waybill.config;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Everything that can be set of a broker. Immutable.
 *
 * @param dataDirectory where journal, users and lock file are; relative paths count from the working directory
 * @param shards how many shards the addresses of a new data directory are spread over; 0 means automatic: 1, or 3 in a
 *     cluster
 * @param amqp the AMQP listener and its limits
 * @param journal the log on disk
 * @param memory what may be kept in memory
 * @param transactions local transactions of clients
 * @param exactlyOnce what is remembered of producers that number their messages
 * @param addresses the rules for addresses, the most specific pattern first
 * @param cluster the cluster it is a node of, if it is
 */
public record Settings(
        Path dataDirectory,
        int shards,
        AmqpSettings amqp,
        JournalSettings journal,
        MemorySettings memory,
        TransactionSettings transactions,
        ExactlyOnceSettings exactlyOnce,
        List<AddressSettings> addresses,
        Optional<ClusterSettings> cluster) {
    /** Sorts the rules for addresses by how specific their patterns are. */
    public Settings {
        addresses = addresses.stream()
                .sorted(Comparator.comparing(AddressSettings::match))
                .toList();
    }

    /** What holds without a file. */
    public static Settings defaults() {
        return new Settings(
                Path.of("data"),
                0,
                AmqpSettings.defaults(),
                JournalSettings.defaults(),
                MemorySettings.defaults(),
                TransactionSettings.defaults(),
                ExactlyOnceSettings.defaults(),
                List.of(AddressSettings.defaults()),
                Optional.empty());
    }

    /**
     * Reads a file; blocks.
     *
     * @throws SettingsError if the file cannot be read or something in it is wrong
     */
    public static Settings read(Path file) {
        return SettingsFile.read(file);
    }

    /** The rule with the most specific pattern that matches an address, else the default one. */
    public AddressSettings address(String name) {
        for (AddressSettings address : addresses) {
            if (address.match().matches(name)) {
                return address;
            }
        }
        return AddressSettings.defaults();
    }

    /** These settings with another data directory. */
    public Settings withDataDirectory(Path dataDirectory) {
        return new Settings(
                dataDirectory, shards, amqp, journal, memory, transactions, exactlyOnce, addresses, cluster);
    }

    /** These settings with another AMQP listener. */
    public Settings withAmqp(AmqpSettings amqp) {
        return new Settings(
                dataDirectory, shards, amqp, journal, memory, transactions, exactlyOnce, addresses, cluster);
    }

    /** These settings with another journal. */
    public Settings withJournal(JournalSettings journal) {
        return new Settings(
                dataDirectory, shards, amqp, journal, memory, transactions, exactlyOnce, addresses, cluster);
    }

    /** These settings with other rules for addresses. */
    public Settings withAddresses(List<AddressSettings> addresses) {
        return new Settings(
                dataDirectory, shards, amqp, journal, memory, transactions, exactlyOnce, addresses, cluster);
    }
}
