package import Persistence
import Primitives

/// The fingerprints of every owner's files, with an inverted index of their items and the duplicates among them. Every function
/// runs inside the transaction whose connection it is given, and sees one owner's files only.
package enum FingerprintStore {
    package static let migrations = [FingerprintSchema.migration]

    /// Keeps a file's fingerprint, in place of an earlier one of the same file, and notes which known files sound like it.
    /// - Parameter owner: the name whose files these are.
    package static func add(
        _ fingerprint: Fingerprint, as entry: FingerprintEntry, owner: String, on connection: Connection
    ) throws {
        let owner = try number(ofNew: owner, on: connection)
        let earlier = try connection.first(
            "SELECT number FROM fingerprint WHERE owner = ? AND file = ?", owner, entry.file
        ) { try $0.integer("number") }
        if let earlier { try erase(earlier, owner, on: connection) }
        let found = try FingerprintSearch.run(fingerprint, owner: owner, limit: .max, on: connection)
        let number = try connection.first(
            """
            INSERT INTO fingerprint(id, owner, file, job, name, duration, created, items) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            RETURNING number
            """,
            entry.id, owner, entry.file, entry.job, entry.name, entry.duration, entry.created, fingerprint.bytes
        ) { try $0.integer("number") }
        for term in FingerprintTerm.all(of: fingerprint.items) {
            try connection.execute(
                "INSERT INTO fingerprint_term VALUES (?, ?, ?, ?)", owner, Int(term.value), number, term.position)
        }
        for (other, match) in found {
            try connection.execute(
                "INSERT INTO fingerprint_duplicate VALUES (?, ?, ?, ?, ?, ?, ?)", owner, number, other, match.queryStart,
                match.start, match.duration, match.score)
        }
    }

    /// The owner's files in which a recording, or a part of it, is heard; the longest match first.
    /// - Parameter limit: at least 1.
    package static func search(
        _ fingerprint: Fingerprint, owner: String, limit: Int, on connection: Connection
    ) throws -> [FingerprintFinding] {
        guard let owner = try number(of: owner, on: connection) else { return [] }
        return try FingerprintSearch.run(fingerprint, owner: owner, limit: limit, on: connection).compactMap { number, match in
            try connection.first("SELECT * FROM fingerprint WHERE number = ?", number, map: entry).map {
                FingerprintFinding(entry: $0, match: match)
            }
        }
    }

    /// One page of the owner's files, newest first.
    /// - Parameter cursor: the last identifier of the page before.
    package static func page(
        owner: String, before cursor: String?, limit: Int, on connection: Connection
    ) throws -> [FingerprintEntry] {
        guard let owner = try number(of: owner, on: connection) else { return [] }
        return try connection.query(
            """
            SELECT id, file, name, job, duration, created FROM fingerprint WHERE owner = ?1 AND id < ifnull(?2, '~')
            ORDER BY id DESC LIMIT ?3
            """,
            owner, cursor, limit, map: entry)
    }

    /// The fingerprint of a file.
    /// - Parameter key: the entry's identifier, the file's or the job's.
    /// - Returns: `nil` when the owner has no such file here.
    package static func find(_ key: String, owner: String, on connection: Connection) throws -> (FingerprintEntry, Fingerprint)? {
        guard let owner = try number(of: owner, on: connection) else { return nil }
        return try connection.first(
            "SELECT * FROM fingerprint WHERE owner = ?1 AND (id = ?2 OR file = ?2 OR job = ?2)", owner, key
        ) { (try entry($0), Fingerprint(bytes: try $0.blob("items"))) }
    }

    /// Forgets a file's sound.
    /// - Returns: whether the owner had such an entry.
    package static func remove(_ id: String, owner: String, on connection: Connection) throws -> Bool {
        guard let owner = try number(of: owner, on: connection) else { return false }
        let number = try connection.first(
            "SELECT number FROM fingerprint WHERE owner = ? AND id = ?", owner, id
        ) { try $0.integer("number") }
        guard let number else { return false }
        try erase(number, owner, on: connection)
        return true
    }

    /// Pairs of the owner's files that share sound, newest first.
    /// - Parameters:
    ///   - coverage: how much of the shorter file has to be shared, from 0 to 1.
    ///   - limit: at least 1.
    package static func duplicates(
        owner: String, coverage: Double, limit: Int, on connection: Connection
    ) throws -> [FingerprintDuplicate] {
        guard let owner = try number(of: owner, on: connection) else { return [] }
        let pairs = try connection.query(
            """
            SELECT pair.first, pair.second, first_start, second_start, pair.duration, score FROM fingerprint_duplicate AS pair
                JOIN fingerprint AS a ON a.number = pair.first JOIN fingerprint AS b ON b.number = pair.second
            WHERE pair.owner = ? AND pair.duration >= ? * min(a.duration, b.duration)
            ORDER BY pair.first DESC, pair.second DESC LIMIT ?
            """,
            owner, coverage, limit
        ) { row in
            let match = FingerprintMatch(
                queryStart: try row.real("first_start"), start: try row.real("second_start"), duration: try row.real("duration"),
                score: try row.real("score"))
            return (first: try row.integer("first"), second: try row.integer("second"), match: match)
        }
        func entry(_ number: Int64) throws -> FingerprintEntry? {
            try connection.first("SELECT * FROM fingerprint WHERE number = ?", number, map: Self.entry)
        }
        return try pairs.compactMap { pair in
            guard let first = try entry(pair.first), let second = try entry(pair.second) else { return nil }
            return FingerprintDuplicate(first: first, second: second, match: pair.match)
        }
    }

    private static func erase(_ number: Int64, _ owner: Int64, on connection: Connection) throws {
        let items = try connection.first("SELECT items FROM fingerprint WHERE number = ?", number) { try $0.blob("items") }
        for term in FingerprintTerm.all(of: Fingerprint(bytes: items ?? []).items) {
            try connection.execute(
                "DELETE FROM fingerprint_term WHERE owner = ? AND term = ? AND fingerprint = ?", owner, Int(term.value), number)
        }
        try connection.execute("DELETE FROM fingerprint_duplicate WHERE owner = ? AND first = ?", owner, number)
        try connection.execute("DELETE FROM fingerprint_duplicate WHERE owner = ? AND second = ?", owner, number)
        try connection.execute("DELETE FROM fingerprint WHERE number = ?", number)
    }

    private static func number(of owner: String, on connection: Connection) throws -> Int64? {
        try connection.first("SELECT number FROM fingerprint_owner WHERE name = ?", owner) { try $0.integer("number") }
    }

    private static func number(ofNew owner: String, on connection: Connection) throws -> Int64 {
        try connection.execute("INSERT OR IGNORE INTO fingerprint_owner(name) VALUES (?)", owner)
        guard let number = try number(of: owner, on: connection) else { throw FingerprintError.outOfMemory }
        return number
    }

    private static func entry(_ row: Row) throws -> FingerprintEntry {
        FingerprintEntry(
            id: try row.text("id"), file: try row.text("file"), name: try row.text("name"), job: try row.text("job"),
            duration: try row.real("duration"), created: try row.timestamp("created"))
    }
}
