package import Persistence

/// The tables of the alerting.
package enum AlertingSchema {
    package static let migrations =
        [
            Migration(
                id: "alerting-1",
                sql: """
                    -- Groups of rules with what they have seen (see WindowRow), and which places of the streams that includes.
                    CREATE TABLE window(
                        rule TEXT NOT NULL, groups TEXT NOT NULL, signature TEXT NOT NULL, slot_length INTEGER NOT NULL,
                        complete_from INTEGER NOT NULL, last_seen INTEGER NOT NULL, phase TEXT NOT NULL, since INTEGER,
                        windows BLOB NOT NULL, PRIMARY KEY(rule, groups)
                    ) STRICT;
                    CREATE TABLE place(stream TEXT PRIMARY KEY, ranges TEXT NOT NULL) STRICT;
                    -- Documents: alerts, silences, what receivers know of groups, heartbeats.
                    CREATE TABLE alert(fingerprint TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
                    CREATE TABLE silence(id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
                    CREATE TABLE notified(id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
                    CREATE TABLE heartbeat(name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
                    -- What is to be delivered, was, or could not be.
                    CREATE TABLE delivery(
                        id TEXT PRIMARY KEY, receiver TEXT NOT NULL, channel INTEGER NOT NULL, kind TEXT NOT NULL,
                        target TEXT NOT NULL, thread TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
                        created INTEGER NOT NULL, next INTEGER, expires INTEGER NOT NULL, ended INTEGER, failure TEXT,
                        notification TEXT NOT NULL
                    ) STRICT;
                    CREATE INDEX delivery_due ON delivery(next) WHERE state = 'waiting';
                    CREATE INDEX delivery_by_time ON delivery(created);
                    -- The first message about a group in a Slack channel, or its first mail: later ones belong to it.
                    CREATE TABLE thread(id TEXT PRIMARY KEY, reference TEXT NOT NULL, time INTEGER NOT NULL) STRICT;
                    -- When each report was ordered last.
                    CREATE TABLE report(name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
                    """),
            Migration(
                id: "alerting-2",
                sql: """
                    -- When the streams were listened to: one document.
                    CREATE TABLE hearing(id INTEGER PRIMARY KEY CHECK(id = 1), document TEXT NOT NULL) STRICT;
                    """),
            Migration(
                id: "alerting-3",
                sql: """
                    -- What waits about the same group, in its order.
                    CREATE INDEX delivery_thread ON delivery(thread) WHERE state = 'waiting';
                    -- Until when a channel's receiver has asked to be left alone.
                    CREATE TABLE hold(
                        receiver TEXT NOT NULL, channel INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY(receiver, channel)
                    ) STRICT;
                    """),
            Migration(
                id: "alerting-4",
                sql: """
                    -- Of a mail that some recipients have and others have not: a document (see MailProgress).
                    ALTER TABLE delivery ADD COLUMN progress TEXT;
                    """),
        ] + Outbox.migrations
}
