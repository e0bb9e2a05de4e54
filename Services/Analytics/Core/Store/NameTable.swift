import AnalyticsAPI
import Persistence

/// The texts that rows share, as numbers, and how many of them an owner may use. What is beyond is recorded under `(other)`.
struct NameTable {
    enum Kind: Int64 {
        case owner = 1
        case script, type
        /// Of labels.
        case value
    }

    /// What names beyond the limits become.
    static let other = "(other)"

    private struct Key: Hashable {
        let kind: Kind
        let text: String
    }

    private struct Holding: Hashable {
        let owner: Int64
        let kind: Kind
        let name: Int64
    }

    private struct Count: Hashable {
        /// 0 for all.
        let owner: Int64
        let kind: Kind
    }

    /// Entries of the caches together; they are begun anew then.
    private static let cached = 500_000
    private let limits: NameLimits
    private var names: [Key: Int64] = [:]
    private var holdings: [Holding: Int64] = [:]
    private var counts: [Count: Int] = [:]

    init(limits: NameLimits) {
        self.limits = limits
    }

    /// The number of an owner.
    /// - Returns: whether it became `(other)`, too.
    mutating func owner(_ text: String, on connection: Connection) throws -> (number: Int64, isFolded: Bool) {
        let key = Key(kind: .owner, text: text)
        if let known = try names[key] ?? find(key, on: connection) {
            names[key] = known
            return (known, false)
        }
        guard try count(Count(owner: 0, kind: .owner), on: connection) < limits.owners else {
            return (try number(Key(kind: .owner, text: Self.other), on: connection), true)
        }
        return (try insert(key, on: connection), false)
    }

    /// The number of a name that an owner uses.
    /// - Parameter day: of the event.
    /// - Returns: whether it became `(other)`, too.
    mutating func number(
        _ kind: Kind, _ text: String, owner: Int64, day: Int64, on connection: Connection
    ) throws -> (number: Int64, isFolded: Bool) {
        let key = Key(kind: kind, text: text)
        if let known = try names[key] ?? find(key, on: connection) {
            names[key] = known
            if try hold(Holding(owner: owner, kind: kind, name: known), day, text == Self.other, on: connection) {
                return (known, false)
            }
        } else if let limit = limits[kind], try count(Count(owner: owner, kind: kind), on: connection) < limit.owner,
            try count(Count(owner: 0, kind: kind), on: connection) < limit.all
        {
            let number = try insert(key, on: connection)
            _ = try hold(Holding(owner: owner, kind: kind, name: number), day, true, on: connection)
            return (number, false)
        }
        let other = try number(Key(kind: kind, text: Self.other), on: connection)
        _ = try hold(Holding(owner: owner, kind: kind, name: other), day, true, on: connection)
        return (other, true)
    }

    /// Notes that an owner uses a name.
    /// - Returns: false when the owner uses too many already.
    private mutating func hold(
        _ holding: Holding, _ day: Int64, _ always: Bool, on connection: Connection
    ) throws -> Bool {
        if let last = holdings[holding], last >= day { return true }
        let known = try connection.first(
            "SELECT last_day FROM holding WHERE owner = ? AND kind = ? AND name = ?", holding.owner, holding.kind.rawValue,
            holding.name
        ) { try $0.integer("last_day") }
        if known == nil {
            let ofOwner = Count(owner: holding.owner, kind: holding.kind)
            guard try always || count(ofOwner, on: connection) < limits[holding.kind]?.owner ?? .max else { return false }
            counts[ofOwner] = try count(ofOwner, on: connection) + 1
        }
        let last = max(day, known ?? day)
        if last != known {
            try connection.execute(
                "INSERT INTO holding VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_day = excluded.last_day", holding.owner,
                holding.kind.rawValue, holding.name, last)
        }
        holdings[holding] = last
        return true
    }

    private mutating func number(_ key: Key, on connection: Connection) throws -> Int64 {
        if let known = names[key] { return known }
        let number = try find(key, on: connection) ?? insert(key, on: connection)
        names[key] = number
        return number
    }

    private func find(_ key: Key, on connection: Connection) throws -> Int64? {
        try Self.find(key.kind, key.text, on: connection)
    }

    /// - Returns: `nil` for a name that nobody has used.
    static func find(_ kind: Kind, _ text: String, on connection: Connection) throws -> Int64? {
        try connection.first("SELECT id FROM name WHERE kind = ? AND text = ?", kind.rawValue, text) { try $0.integer("id") }
    }

    /// The days, counted from 1970, with others' measurements that may name a person: those of sums by user and key, theirs and
    /// those of all whose names were too many.
    static func days(naming person: String, on connection: Connection) throws -> [Int64] {
        try connection.query(
            """
            SELECT DISTINCT day FROM breakdown WHERE owner = 0 AND dimension IN (?1, ?2)
                AND value IN (SELECT id FROM name WHERE kind = ?3 AND text IN (?4, ?5))
            """, Dimension.user.rawValue, Dimension.key.rawValue, Kind.value.rawValue, person, other
        ) { try $0.integer("day") }
    }

    private mutating func insert(_ key: Key, on connection: Connection) throws -> Int64 {
        if names.count + holdings.count > Self.cached { (names, holdings) = ([:], [:]) }
        let all = Count(owner: 0, kind: key.kind)
        counts[all] = try count(all, on: connection) + 1
        let number =
            try connection.first("INSERT INTO name(kind, text) VALUES (?, ?) RETURNING id", key.kind.rawValue, key.text) {
                try $0.integer("id")
            } ?? 0
        names[key] = number
        return number
    }

    private mutating func count(_ count: Count, on connection: Connection) throws -> Int {
        if let known = counts[count] { return known }
        let sql =
            count.owner == 0
            ? "SELECT count(*) AS n FROM name WHERE kind = ?1 AND ?2 = 0"
            : "SELECT count(*) AS n FROM holding WHERE kind = ?1 AND owner = ?2"
        let number = Int(try connection.first(sql, count.kind.rawValue, count.owner) { try $0.integer("n") } ?? 0)
        counts[count] = number
        return number
    }
}
