package import Contracts
package import Primitives

/// For some time nobody is told of alerts that fit.
package struct Silence: Codable, Sendable, Hashable {
    package enum State: String, Codable, Sendable {
        case pending, active, expired
    }

    package static let longest = Duration.hours(24 * 366)
    package var id: String
    package var matchers: [LabelMatcher]
    package var starts: Timestamp
    package var ends: Timestamp
    /// As whom they are shown who made it.
    package var createdBy: String
    /// The key or the person that made it, and whose key it is or in whose name a person asked.
    package var subject: String?
    package var owner: String?
    package var comment: String
    package var updated: Timestamp

    /// - Throws: `SilenceError` when it has no end, ends before it begins or within no time, or has no matcher that a label
    ///   must fit.
    package init(
        id: String = Identifier.make("sil"), matchers: [LabelMatcher], starts: Timestamp, ends: Timestamp?, createdBy: String,
        by principal: Principal? = nil, comment: String, now: Timestamp
    ) throws(SilenceError) {
        guard let ends else { throw SilenceError("a silence needs its end", field: "endsAt") }
        guard ends > starts, ends > now else {
            throw SilenceError("a silence ends after it begins, and after now", field: "endsAt")
        }
        guard ends.duration(since: now) <= Self.longest else {
            throw SilenceError("a silence lasts a year at most", field: "endsAt")
        }
        guard (1...32).contains(matchers.count), matchers.contains(where: { !$0.fits("") }) else {
            throw SilenceError("a silence has 1 to 32 matchers, and not all of them fit an empty text", field: "matchers")
        }
        guard createdBy.utf8.count <= 256, comment.utf8.count <= 2048 else {
            throw SilenceError("createdBy and comment have at most 256 and 2048 bytes", field: "comment")
        }
        (self.id, self.matchers, self.starts, self.ends) = (id, matchers, starts, ends)
        (self.createdBy, self.comment, updated) = (createdBy, comment, now)
        (subject, owner) = (principal?.subject, principal?.owner)
    }

    package func state(at now: Timestamp) -> State { now < starts ? .pending : now < ends ? .active : .expired }

    package func fits(_ labels: LabelSet) -> Bool { matchers.allSatisfy { $0.fits(labels) } }

    /// The silence as Alertmanager's API has it, and who has made it whatever they call themselves.
    package func document(at now: Timestamp) -> JSONValue {
        [
            "subject": JSONValue(subject), "owner": JSONValue(owner),
            "id": .string(id), "status": ["state": .string(state(at: now).rawValue)], "updatedAt": .string(updated.iso8601),
            "matchers": .array(matchers.map(\.document)), "startsAt": .string(starts.iso8601), "endsAt": .string(ends.iso8601),
            "createdBy": .string(createdBy), "comment": .string(comment),
        ]
    }
}

/// Why something about a silence is refused.
package struct SilenceError: CodedError, Equatable {
    package let message: String
    package let field: String
    package var code: String { "invalid-silence" }

    init(_ message: String, field: String) { (self.message, self.field) = (message, field) }
}

extension LabelMatcher: Codable {
    private enum CodingKeys: String, CodingKey { case name, value, isRegex, isEqual }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            name: fields.decode(String.self, forKey: .name), value: fields.decode(String.self, forKey: .value),
            isRegex: fields.decodeIfPresent(Bool.self, forKey: .isRegex) ?? false,
            isEqual: fields.decodeIfPresent(Bool.self, forKey: .isEqual) ?? true)
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(name, forKey: .name)
        try fields.encode(value, forKey: .value)
        try fields.encode(isRegex, forKey: .isRegex)
        try fields.encode(isEqual, forKey: .isEqual)
    }
}
