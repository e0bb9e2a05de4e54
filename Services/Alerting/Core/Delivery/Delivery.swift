import Persistence
package import Primitives

/// A notification on its way through one channel of a receiver.
package struct Delivery: Sendable, Hashable {
    package enum State: String, Sendable, CaseIterable {
        case waiting, delivered
        /// It could not be delivered and is not tried again, unless somebody asks for it.
        case dead
    }

    /// How long it is worth telling.
    static let lifetime = Duration.hours(24)
    /// Tells repetitions: `webhook-id`, `Message-ID`, in Slack's message.
    package var id: String
    package var receiver: String
    /// The place of the channel among the receiver's.
    package var channel: Int
    package var kind: String
    package var target: String
    /// What belongs together in Slack and among mails.
    var thread: String
    package var state = State.waiting
    package var attempts = 0
    package var created: Timestamp
    package var next: Timestamp?
    package var expires: Timestamp
    package var ended: Timestamp?
    package var failure: String?
    package var notification: Notification
    /// Of a mail that is not yet with all of its recipients.
    package var progress: MailProgress?

    init(_ notification: Notification, channel: Int, of receiver: Receiver, now: Timestamp) {
        id = Identifier.make("ntf")
        (self.receiver, self.channel, self.notification) = (receiver.name, channel, notification)
        (kind, target) = (receiver.channels[channel].kind, receiver.channels[channel].target)
        thread = Self.thread(receiver.name, channel, notification.groupKey)
        (created, next, expires) = (now, now, now.advanced(by: Self.lifetime))
    }

    init(_ row: Row) throws {
        (id, receiver, kind) = (try row.text("id"), try row.text("receiver"), try row.text("kind"))
        (channel, attempts) = (Int(try row.integer("channel")), Int(try row.integer("attempts")))
        (target, thread) = (try row.text("target"), try row.text("thread"))
        state = State(rawValue: try row.text("state")) ?? .dead
        (created, next, expires) = (try row.timestamp("created"), try row.optionalTimestamp("next"), try row.timestamp("expires"))
        (ended, failure) = (try row.optionalTimestamp("ended"), try row.optionalText("failure"))
        progress = try row.optionalText("progress").map { try JSON.decode(MailProgress.self, from: Bytes($0.utf8)) }
        notification = try JSON.decode(Notification.self, from: Bytes(try row.text("notification").utf8))
    }

    func insert(on connection: Connection) throws {
        try connection.execute(
            "INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id, receiver, channel, kind, target,
            thread,
            state.rawValue, attempts, created, next, expires, ended, failure,
            String(decoding: try JSON.encode(notification), as: UTF8.self), try progressText)
    }

    /// Writes how it goes. The row stays where it is: rows are in the order in which they were made, however the clock is set.
    /// - Returns: false when there is none any more: whom it is about was erased.
    @discardableResult
    func update(on connection: Connection) throws -> Bool {
        try connection.execute(
            """
            UPDATE delivery SET state = ?, attempts = ?, next = ?, expires = ?, ended = ?, failure = ?, progress = ? WHERE id = ?
            """, state.rawValue, attempts, next, expires, ended, failure, try progressText, id)
        return connection.changes > 0
    }

    private static func thread(_ receiver: String, _ channel: Int, _ group: String) -> String { "\(receiver)/\(channel)/\(group)" }

    /// It goes on under another name of its group, if that has one.
    mutating func follow(_ moves: [Dispatcher.Place: String]) {
        let group = String(thread.dropFirst(Self.thread(receiver, channel, "").count))
        guard let to = moves[Dispatcher.Place(key: group, receiver: receiver)] else { return }
        thread = Self.thread(receiver, channel, to)
    }

    /// What was begun about groups goes on under other names: their threads, and what waits.
    static func follow(_ moves: [Dispatcher.Place: String], on connection: Connection) throws {
        for (receiver, places) in Dictionary(grouping: moves.keys, by: \.receiver) {
            let channels = try connection.query("SELECT DISTINCT channel FROM delivery WHERE receiver = ?", receiver) {
                Int(try $0.integer("channel"))
            }
            for (place, channel) in places.flatMap({ place in channels.map { (place, $0) } }) {
                let (from, to) = (thread(receiver, channel, place.key), thread(receiver, channel, moves[place] ?? place.key))
                try connection.execute("UPDATE OR IGNORE thread SET id = ? WHERE id = ?", to, from)
                try connection.execute("DELETE FROM thread WHERE id = ?", from)
                try connection.execute("UPDATE delivery SET thread = ? WHERE state = 'waiting' AND thread = ?", to, from)
            }
        }
    }

    private var progressText: String? {
        get throws { try progress.map { String(decoding: try JSON.encode($0), as: UTF8.self) } }
    }

    /// The delivery as the API shows it.
    package var document: JSONValue {
        [
            "id": .string(id), "receiver": .string(receiver), "channel": .string(kind), "target": .string(target),
            "state": .string(state.rawValue), "attempts": JSONValue(attempts), "created": .string(created.iso8601),
            "next": JSONValue(next?.iso8601), "expires": .string(expires.iso8601), "ended": JSONValue(ended?.iso8601),
            "failure": JSONValue(failure), "title": .string(notification.title), "kind": .string(notification.kind.rawValue),
            "alert_state": .string(notification.state.rawValue), "firing": JSONValue(notification.firing),
            "resolved": JSONValue(notification.resolved), "group_key": .string(notification.groupKey),
        ]
    }
}
