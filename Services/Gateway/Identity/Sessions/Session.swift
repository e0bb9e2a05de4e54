package import Primitives

/// A login that goes on.
package struct Session: Sendable, Hashable {
    package let id: String
    package let user: String
    /// Where it began.
    package let address: String
    /// What the user shall recognise it by.
    package let device: String
    package let created: Timestamp
    package var lastUsed: Timestamp

    /// The session as the API shows it to its user.
    package func document(rules: SessionRules) -> JSONValue {
        [
            "id": .string(id), "address": .string(address), "device": .string(device), "created": .string(created.iso8601),
            "last_used": .string(lastUsed.iso8601), "expires": .string(rules.expiry(of: self).iso8601),
        ]
    }
}

/// How long sessions last.
package struct SessionRules: Sendable, Hashable {
    /// A session that is not used for so long ends.
    package var idle = Duration.hours(24)
    /// No session is longer, used or not (NIST SP 800-63B, 4.1.3: 30 days).
    package var longest = Duration.hours(30 * 24)
    /// Sessions of one user; the one that was not used for longest ends when another begins.
    package var limit = 50

    package init() {}

    /// When a session ends unless it is used before.
    package func expiry(of session: Session) -> Timestamp {
        min(session.lastUsed.advanced(by: idle), session.created.advanced(by: longest))
    }

    /// A use is taken down when the last one is so far back: not every request shall write.
    var grain: Duration { min(.minutes(5), idle / 20) }
}
