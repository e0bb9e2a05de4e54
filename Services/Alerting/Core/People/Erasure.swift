import Contracts
import Persistence
import Primitives

/// What the alerting forgets of one person: what is about them goes, and what is about others names them no longer.
struct Erasure: Sendable, Hashable {
    /// The labels whose values are people's names.
    private static let labels: Set = ["owner", "user", "key", "subject"]
    private static let erased = "(erased)"
    let person: String

    /// Whether labels say whose something is, and that it is theirs.
    func concerns(_ labels: LabelSet) -> Bool { Self.labels.contains { labels[$0] == person } }

    /// Whether a silence is about them, be it among others.
    func concerns(_ silence: Silence) -> Bool {
        silence.matchers.contains { matcher in
            guard Self.labels.contains(matcher.name) else { return false }
            return matcher.value == person || matcher.isRegex && matcher.value.split(separator: "|").contains { $0 == person }
        }
    }

    /// Whether the name of a group of alerts, or one that begins or ends with it, tells labels that concern them.
    func concerns(group name: String) -> Bool {
        Self.labels.contains { label in
            let told = [label: person].text.dropFirst().dropLast()
            return name.contains("{" + told) || name.contains(", " + told)
        }
    }

    /// The name that a field of somebody has; another when it is theirs.
    func spared(_ name: String) -> String { name == person ? Self.erased : name }

    func spared(_ name: String?) -> String? { name.map { spared($0) } }

    /// An alert that is not about them.
    /// - Returns: `nil` when it does not name them.
    func spared(_ alert: Alert) -> Alert? {
        guard var seen = alert.acknowledgement, [seen.by, seen.subject, seen.owner].contains(person) else { return nil }
        // A name to be read may be any.
        let isTheirs = [seen.owner, seen.subject].contains(person)
        seen.by = isTheirs ? Self.erased : spared(seen.by)
        (seen.subject, seen.owner) = (isTheirs ? nil : seen.subject, spared(seen.owner))
        var alert = alert
        alert.acknowledgement = seen
        return alert
    }

    /// A silence that is not about them.
    /// - Returns: `nil` when it does not name them.
    func spared(_ silence: Silence) -> Silence? {
        guard [silence.createdBy, silence.subject, silence.owner].contains(person) else { return nil }
        var other = silence
        let isTheirs = [silence.owner, silence.subject].contains(person)
        other.createdBy = isTheirs ? Self.erased : spared(silence.createdBy)
        (other.subject, other.owner) = (isTheirs ? nil : silence.subject, spared(silence.owner))
        return other
    }

    /// A message about several alerts, some of which are theirs.
    private func spared(_ notification: Notification) -> Notification {
        var notification = notification
        if let common = notification.commonLabels, concerns(common) {
            notification.commonLabels = common.mapValues { spared($0) }
        }
        notification.items = notification.items.map { item in
            guard concerns(item.labels) else { return item }
            var item = item
            item.labels = item.labels.mapValues { spared($0) }
            item.annotations = item.annotations.mapValues { $0.replacing(person, with: Self.erased) }
            item.fingerprint = item.labels.fingerprint
            return item
        }
        return notification
    }

    /// Forgets them in what only the store knows: deliveries, threads, and events that were not told yet.
    func apply(on connection: Connection) throws {
        // As it stands in a document, escaped.
        let written = Bytes(JSONValue.string(person).serialized().dropFirst().dropLast())
        let deliveries = try connection.query(
            "SELECT * FROM delivery WHERE instr(CAST(notification AS BLOB), ?) > 0", written
        ) { try Delivery($0) }
        for delivery in deliveries {
            if concerns(delivery.notification.groupLabels) {
                try connection.execute("DELETE FROM delivery WHERE id = ?", delivery.id)
            } else if delivery.notification.items.contains(where: { concerns($0.labels) }) {
                try connection.execute(
                    "UPDATE delivery SET notification = ? WHERE id = ?",
                    String(decoding: try JSON.encode(spared(delivery.notification)), as: UTF8.self), delivery.id)
            }
        }
        let threads = try connection.query("SELECT id FROM thread WHERE instr(id, ?) > 0", person) { try $0.text("id") }
        for thread in threads where concerns(group: thread) {
            try connection.execute("DELETE FROM thread WHERE id = ?", thread)
        }
        for table in ["outbox", "outbox_refused"] {
            let events = try connection.query(
                "SELECT id, payload FROM \(table) WHERE instr(payload, ?) > 0", written
            ) { (try $0.text("id"), try JSON.decode(CloudEvent<AlertEvent>.self, from: try $0.blob("payload"))) }
            for (id, event) in events where concerns(event.data.labels) {
                try connection.execute("DELETE FROM \(table) WHERE id = ?", id)
            }
        }
    }
}
