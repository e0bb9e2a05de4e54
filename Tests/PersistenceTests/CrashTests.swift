import FoundationEssentials
import Persistence
import Primitives
import Synchronization
import Testing
import TestSupport

/// A process that is killed leaves the files as they are at that moment, and so does a copy of them.
@Suite struct CrashTests {
    /// The rows that callers were told are stored.
    private final class Confirmed: Sendable {
        private let state = Mutex(Set<Int>())

        func insert(_ row: Int) { state.withLock { _ = $0.insert(row) } }
        var rows: Set<Int> { state.withLock { $0 } }
    }

    @Test(.timeLimit(.minutes(1))) func confirmedRowsOutliveACrash() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        let confirmed = Confirmed()
        let images = try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for value in stride(from: writer, to: .max, by: 8) where !Task.isCancelled {
                        try await database.write { try $0.insertNumber(value, filling: Bytes(repeating: 7, count: value % 9000)) }
                        confirmed.insert(value)
                        if Task.isCancelled { return }
                    }
                }
            }
            var images: [(path: String, rows: Set<Int>)] = []
            while images.count < 8 {
                let goal = confirmed.rows.count + Int.random(in: 1...400)
                try await eventually("rows are written") { confirmed.rows.count >= goal }
                let rows = confirmed.rows
                let path = scratch.appending("image-\(images.count).sqlite")
                if try image(of: scratch.database, at: path) { images.append((path, rows)) }
            }
            group.cancelAll()
            return images
        }
        for image in images {
            let survivor = try await Database.open(image.path, migrations: [.numbers])
            let (found, verdict) = try await survivor.read { connection in
                (Set(try connection.numbers()), try connection.first("PRAGMA integrity_check") { try $0.text("integrity_check") })
            }
            #expect(found.isSuperset(of: image.rows), "lost: \(image.rows.subtracting(found).count)")
            #expect(verdict == "ok")
            await survivor.close()
        }
    }

    /// Copies the database and its log as of one moment.
    /// - Returns: false when a checkpoint came in between, which would mix two moments.
    private func image(of database: String, at path: String) throws -> Bool {
        let pages = try Data(contentsOf: URL(filePath: database))
        let log = try Data(contentsOf: URL(filePath: database + "-wal"))
        let isStill = try Data(contentsOf: URL(filePath: database)) == pages
        // A log that starts anew gets another salt in its header (file format, section 4.1).
        let header = try Data(contentsOf: URL(filePath: database + "-wal")).prefix(32)
        guard isStill, header == log.prefix(32) else { return false }
        try pages.write(to: URL(filePath: path))
        try log.write(to: URL(filePath: path + "-wal"))
        return true
    }
}
