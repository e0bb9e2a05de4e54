package import Persistence
package import Primitives

/// Whose rows a question may see.
package enum Viewer: Sendable, Hashable {
    case everyone
    case owner(String)

    /// The owner's number in the sums.
    /// - Returns: `nil` for an owner of whom nothing is known.
    func number(on connection: Connection) throws -> Int64? {
        switch self {
        case .everyone: SumBatch.everyone
        case .owner(let name): try NameTable.find(.owner, name, on: connection)
        }
    }
}

/// A stretch of time, its end not included.
package struct Period: Sendable, Hashable {
    package var from: Timestamp
    package var to: Timestamp

    package init(from: Timestamp, to: Timestamp) {
        (self.from, self.to) = (from, to)
    }

    /// The last days in UTC, today with them.
    package static func days(_ count: Int, until now: Timestamp) -> Period {
        let (day, today) = (RollupLevel.day.length, RollupLevel.day.bucket(now.milliseconds))
        return Period(
            from: Timestamp(milliseconds: (today - Int64(count) + 1) * day), to: Timestamp(milliseconds: (today + 1) * day))
    }

    /// As long a time just before.
    package var before: Period {
        Period(from: Timestamp(milliseconds: 2 * from.milliseconds - to.milliseconds), to: from)
    }

    /// The buckets of a level that touch it.
    func buckets(_ level: RollupLevel) -> ClosedRange<Int64> {
        let first = level.bucket(from.milliseconds)
        return first...max(first, level.bucket(to.milliseconds - 1))
    }
}

/// Questions about what was recorded, answered from one snapshot.
package struct AnalyticsQueries {
    let connection: Connection
    /// The owner's number; `nil` when nothing is known of them.
    let owner: Int64?

    package init(_ connection: Connection, for viewer: Viewer) throws {
        self.connection = connection
        owner = try viewer.number(on: connection)
    }

    /// The name of a script's number.
    package func scriptName(_ number: Int64) throws -> String { try name(number) }

    /// The names of the types that the owner has used.
    package func typeNames() throws -> [String] { try types().map(\.name) }

    func name(_ number: Int64) throws -> String {
        try connection.first("SELECT text FROM name WHERE id = ?", number) { try $0.text("text") } ?? NameTable.other
    }

    func number(_ kind: NameTable.Kind, _ text: String) throws -> Int64? {
        try NameTable.find(kind, text, on: connection)
    }

    /// The types that the owner has used.
    func types() throws -> [(number: Int64, name: String)] {
        guard let owner else { return [] }
        let kind = NameTable.Kind.type.rawValue
        let sql =
            owner == SumBatch.everyone
            ? "SELECT id, text FROM name WHERE kind = ?1 AND ?2 = 0 ORDER BY text"
            : "SELECT id, text FROM holding JOIN name ON id = name WHERE owner = ?2 AND holding.kind = ?1 ORDER BY text"
        return try connection.query(sql, kind, owner) { (try $0.integer("id"), try $0.text("text")) }
    }
}
