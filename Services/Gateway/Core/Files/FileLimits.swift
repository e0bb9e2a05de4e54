import Persistence
package import Primitives

/// What owners may keep.
package struct FileLimits: Sendable {
    /// Most bytes of one file.
    package var file: ByteSize
    /// Most bytes of one owner.
    package var owner: ByteSize
    /// Most files of one owner.
    package var count: Int
    /// How long files are kept; `nil` for ever.
    package var retention: Duration?
    /// Disk space that resumable uploads leave free.
    package var minimumFree: ByteSize

    package init(
        file: ByteSize = .gib(16), owner: ByteSize = .gib(256), count: Int = 1_000_000, retention: Duration? = nil,
        minimumFree: ByteSize = .bytes(0)
    ) {
        (self.file, self.owner, self.count, self.retention, self.minimumFree) = (file, owner, count, retention, minimumFree)
    }

    /// - Parameter bytes: of one more file.
    /// - Throws: `GatewayError.ownerQuota`, `.fileCount`.
    func check(_ used: FileUsage, adding bytes: Int64) throws(GatewayError) {
        let (sum, overflow) = used.bytes.addingReportingOverflow(bytes)
        guard !overflow, sum <= owner.bytes else { throw .ownerQuota(limit: owner) }
        guard used.count < count else { throw .fileCount(limit: count) }
    }
}

/// What an owner keeps. Triggers count it, so that nobody has to add up all files.
struct FileUsage: Sendable {
    let bytes: Int64
    let count: Int

    static let migration = Migration(
        id: "files-2",
        sql: """
            CREATE TABLE file_usage (owner TEXT PRIMARY KEY, bytes INTEGER NOT NULL, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            INSERT INTO file_usage SELECT owner, sum(size), count(*) FROM file GROUP BY owner;
            CREATE TRIGGER file_added AFTER INSERT ON file BEGIN
                INSERT INTO file_usage VALUES (NEW.owner, NEW.size, 1)
                ON CONFLICT (owner) DO UPDATE SET bytes = bytes + NEW.size, count = count + 1;
            END;
            CREATE TRIGGER file_removed AFTER DELETE ON file BEGIN
                UPDATE file_usage SET bytes = bytes - OLD.size, count = count - 1 WHERE owner = OLD.owner;
            END
            """)

    static func of(_ owner: String, on connection: Connection) throws -> FileUsage {
        try connection.first("SELECT bytes, count FROM file_usage WHERE owner = ?", owner) { row in
            FileUsage(bytes: try row.integer("bytes"), count: Int(try row.integer("count")))
        } ?? FileUsage(bytes: 0, count: 0)
    }
}
