import Contracts
import Cryptography
import HTTP
import Persistence
package import Primitives
import Synchronization

/// A message whose signature is right.
package struct VerifiedMessage: Sendable {
    package let hook: Hook
    package let message: HookMessage
    /// By which a repetition is told.
    package let id: String
    package let kind: String?
    let document: JSONValue?

    /// What Slack wants to hear when a URL is entered there; such a message tells nothing.
    /// Source: docs.slack.dev, "url_verification event".
    package var challenge: String? {
        guard hook.scheme == .slack, kind == "url_verification" else { return nil }
        return document?["challenge"]?.stringValue
    }
}

extension Hooks {
    /// Bytes of a body at most: with its envelope it must fit into a message of the studio.
    package static let largestBody = ByteSize.kib(48)
    /// Bytes of a message of the studio at most.
    private static let largestMessage = 64 << 10
    /// Messages that may wait to be published.
    private static let mostWaiting: Int64 = 10_000
    /// Refusals of one hook that are remembered, beside those of the last quarter of an hour.
    private static let keptRefusals = 1000
    /// Refusals that are written down in a second, of one hook and of all: anybody can cause them, and the disk is ours.
    private static let mostRefusals = (hook: 10, all: 200)
    /// What strangers' signatures are compared with where there is no hook, so that it takes as long.
    private static let nobody = ["whsec_" + Base64.encode(Bytes(repeating: 0, count: 32))]

    /// Checks who has sent a message.
    /// - Throws: `HookError`: `.notFound`; `.unsigned`, which `deliveries` tells the owner more of.
    package func verify(_ message: HookMessage, for id: String) async throws -> VerifiedMessage {
        let hook = try await database.read { try $0.first("SELECT * FROM hook WHERE id = ?", id, map: Self.element) }
        let secrets = hook.map(secrets) ?? Self.nobody
        do throws(SignatureError) {
            let scheme = hook?.scheme ?? .standard
            let identifier = try scheme.verify(message, secrets: secrets, now: clock())
            guard let hook else { throw .keyUnknown }
            let document = message.document
            return VerifiedMessage(
                hook: hook, message: message, id: identifier, kind: scheme.kind(of: message, document), document: document)
        } catch {
            guard let hook else { throw HookError.notFound }
            await refuse(hook, error.code, size: message.body.count)
            throw HookError.unsigned
        }
    }

    /// Takes a message: when this returns, it is on disk with the order to publish it.
    /// - Returns: false when it was there before.
    /// - Throws: `HookError`: `.disabled`, `.tooLarge`, `.behind`, `.notFound` when the hook has ended meanwhile; `DatabaseError`.
    package func accept(_ verified: VerifiedMessage) async throws -> Bool {
        do {
            return try await write(verified)
        } catch let error as HookError {
            await refuse(verified, error.code)
            throw error
        }
    }

    /// Writes down that a message was not taken.
    package func refuse(_ verified: VerifiedMessage, _ reason: String) async {
        await refuse(verified.hook, reason, message: verified.id, kind: verified.kind, size: verified.message.body.count)
    }

    /// What came in at a hook, newest first.
    /// - Parameters:
    ///   - cursor: the sequence number that the page before ended with.
    ///   - limit: 1 to 500.
    /// - Throws: `HookError.notFound`.
    package func deliveries(
        to id: String, of owner: String, before cursor: Int64? = nil, limit: Int = 50
    ) async throws -> [HookDelivery] {
        try await database.read { connection in
            _ = try Self.find(id, of: owner, on: connection)
            return try connection.query(
                """
                SELECT d.*, EXISTS (SELECT 1 FROM outbox WHERE id = d.event_id) AS waits
                FROM hook_delivery d WHERE d.hook = ? AND d.sequence < ? ORDER BY d.sequence DESC LIMIT ?
                """, id, cursor ?? .max, min(max(limit, 1), 500), map: Self.delivery)
        }
    }

    /// Forgets what came in long ago; a message that comes again after that counts as new.
    /// - Parameters:
    ///   - age: longer than senders try.
    ///   - count: messages of one hook that are remembered; those of the last quarter of an hour are in any case.
    package func sweep(olderThan age: Duration, keeping count: Int) async throws {
        let now = clock()
        let (limit, recent) = (now.advanced(by: .zero - age), now.advanced(by: .zero - .minutes(15)))
        try await database.write { connection in
            try connection.execute("DELETE FROM hook_delivery WHERE time < ?", limit)
            // Each kind by itself: refusals, which anybody can cause, must not push out what repetitions are known by.
            for (kind, most) in [("outcome = 'accepted'", count), ("outcome <> 'accepted'", min(count, Self.keptRefusals))] {
                let full = try connection.query(
                    "SELECT hook FROM hook_delivery WHERE \(kind) GROUP BY hook HAVING count(*) > ?", most
                ) { try $0.text("hook") }
                for hook in full {
                    try connection.execute(
                        """
                        DELETE FROM hook_delivery WHERE hook = ?1 AND \(kind) AND time < ?2 AND sequence <= (
                            SELECT sequence FROM hook_delivery WHERE hook = ?1 AND \(kind)
                                ORDER BY sequence DESC LIMIT 1 OFFSET ?3)
                        """, hook, recent, most)
                }
            }
        }
    }

    private func write(_ verified: VerifiedMessage) async throws -> Bool {
        let (hook, now) = (verified.hook, clock())
        var envelope = CloudEvent(
            type: HookReceived.type, source: "/gateway", subject: hook.id, data: Self.received(verified))
        envelope.time = now
        let outgoing = OutboxMessage(
            id: envelope.id, subject: Subjects.hook(hook.id, event: hook.event),
            payload: try Self.text(of: envelope, body: verified.message.body))
        guard hook.isEnabled else { throw HookError.disabled }
        guard outgoing.payload.count <= Self.largestMessage else {
            throw HookError.tooLarge(limit: Self.largestMessage)
        }
        return try await database.write { connection in
            guard try connection.first("SELECT 1 AS one FROM hook WHERE id = ?", hook.id, map: { _ in true }) != nil else {
                throw HookError.notFound
            }
            try connection.execute(
                """
                UPDATE hook_delivery SET repeats = repeats + 1 WHERE hook = ? AND message = ? AND outcome = 'accepted'
                """, hook.id, verified.id)
            guard connection.changes == 0 else { return false }
            let waiting = try connection.first("SELECT max(sequence) - min(sequence) AS n FROM outbox") {
                try $0.optionalInteger("n")
            }
            guard (waiting ?? nil) ?? 0 < Self.mostWaiting else { throw HookError.behind }
            try connection.execute(
                """
                INSERT INTO hook_delivery(hook, time, outcome, message, kind, size, event_id)
                    VALUES (?, ?, 'accepted', ?, ?, ?, ?)
                """, hook.id, now, verified.id, verified.kind, verified.message.body.count, outgoing.id)
            try Outbox.append(outgoing, on: connection)
            return true
        }
    }

    private static func received(_ verified: VerifiedMessage) -> HookReceived {
        let (hook, body) = (verified.hook, verified.message.body)
        var data = HookReceived(
            hook: hook.id, owner: hook.owner, event: hook.event, scheme: hook.scheme.rawValue, message: verified.id,
            kind: verified.kind, contentType: verified.message.headers["Content-Type"].map { String($0.prefix(200)) })
        if let document = verified.document, document != .null {
            data.payload = document
        } else if let text = String(validating: body, as: UTF8.self) {
            data.text = text
        } else {
            data.base64 = Base64.encode(body)
        }
        return data
    }

    /// The event as JSON, with a body that is JSON in it to the letter: numbers that no `JSONValue` holds stay what they are.
    private static func text(of event: CloudEvent<HookReceived>, body: Bytes) throws -> Bytes {
        guard event.data.payload != nil else { return try JSON.encode(event) }
        var marked = event
        // Stands for the body: nobody could know it before, and within a text its quotes would be escaped.
        marked.data.payload = .string(event.id)
        var text = try JSON.encode(marked)
        guard let place = text.firstRange(of: Bytes(#""payload":"\#(event.id)""#.utf8)) else { return try JSON.encode(event) }
        text.replaceSubrange(place, with: Bytes(#""payload":"#.utf8) + body)
        return text
    }

    private func refuse(
        _ hook: Hook, _ reason: String, message: String? = nil, kind: String? = nil, size: Int
    ) async {
        let now = clock()
        let isWritten = refusals.withLock { refusals in
            if refusals.second != now.milliseconds / 1000 { refusals = (now.milliseconds / 1000, [:]) }
            guard refusals.counts[hook.id, default: 0] < Self.mostRefusals.hook,
                refusals.counts.values.reduce(0, +) < Self.mostRefusals.all
            else { return false }
            refusals.counts[hook.id, default: 0] += 1
            return true
        }
        guard isWritten else { return }
        do {
            try await database.write { connection in
                try connection.execute(
                    """
                    INSERT INTO hook_delivery(hook, time, outcome, message, kind, size)
                        SELECT id, ?, ?, ?, ?, ? FROM hook WHERE id = ?
                    """, now, reason, message, kind, size, hook.id)
            }
        } catch {
            Self.log.warning("a refusal can not be written down", ["error": .string("\(error)")])
        }
    }

    private static func delivery(_ row: Row) throws -> HookDelivery {
        let outcome = try row.text("outcome")
        let isWaiting = try row.bool("waits")
        let published = isWaiting ? "waiting" : try row.bool("refused") ? "refused" : "published"
        return HookDelivery(
            sequence: try row.integer("sequence"), time: try row.timestamp("time"),
            outcome: outcome == "accepted" ? published : outcome, message: try row.optionalText("message"),
            kind: try row.optionalText("kind"), size: Int(try row.integer("size")), repeats: Int(try row.integer("repeats")))
    }
}
