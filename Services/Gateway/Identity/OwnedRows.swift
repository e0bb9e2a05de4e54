package import Persistence

/// What owners have of a kind: rows of a table with the columns `id`, which sorts by time, and `owner`.
package protocol OwnedRows: Sendable {
    associatedtype Element: Sendable
    static var table: String { get }
    /// What is thrown for an identifier that is not the owner's.
    static var notFound: any Error { get }
    var database: Database { get }
    static func element(_ row: Row) throws -> Element
}

extension OwnedRows {
    /// An owner's, newest first.
    package func list(of owner: String) async throws -> [Element] {
        try await database.read {
            try $0.query("SELECT * FROM \(Self.table) WHERE owner = ? ORDER BY id DESC", owner, map: Self.element)
        }
    }

    /// - Throws: `notFound`, also for another owner's.
    package func find(_ id: String, of owner: String) async throws -> Element {
        try await database.read { try Self.find(id, of: owner, on: $0) }
    }

    static func find(_ id: String, of owner: String, on connection: Connection) throws -> Element {
        let found = try connection.first("SELECT * FROM \(table) WHERE id = ? AND owner = ?", id, owner, map: element)
        guard let found else { throw notFound }
        return found
    }

    /// How many an owner has.
    static func count(of owner: String, on connection: Connection) throws -> Int64 {
        try connection.first("SELECT count(*) AS n FROM \(table) WHERE owner = ?", owner) { try $0.integer("n") } ?? 0
    }

    /// Removes one with all that belongs to it.
    /// - Throws: `notFound`.
    package func remove(_ id: String, of owner: String) async throws {
        try await database.write { connection in
            try connection.execute("DELETE FROM \(Self.table) WHERE id = ? AND owner = ?", id, owner)
            guard connection.changes == 1 else { throw Self.notFound }
        }
    }

    /// Removes all of an owner who ends, inside the caller's transaction.
    package func removeAll(of owner: String, on connection: Connection) throws {
        try connection.execute("DELETE FROM \(Self.table) WHERE owner = ?", owner)
    }
}
