package import Persistence
package import Primitives
import Synchronization

/// Answers that are given again to the same request, for a time.
///
/// Which answers there are is known in memory, so a request that was never made before does not touch the disk. When the cache
/// is full, the answers that were unused for longest go first.
package final class ResponseCache: Sendable {
    package static let migration = Migration(
        id: "response-cache-1",
        sql: """
            CREATE TABLE cached_response (
                digest BLOB PRIMARY KEY, created INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL,
                size INTEGER NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL, usage TEXT NOT NULL, cost INTEGER NOT NULL,
                events BLOB NOT NULL
            ) STRICT
            """)
    /// An answer's share of memory and disk beside its events, about.
    private static let overhead = 300

    private struct Entry {
        let created: Int64
        let expires: Int64
        let size: Int
        var used: Int64
    }

    private struct State {
        var entries: [CacheKey: Entry] = [:]
        var bytes = 0
        /// Uses that the disk does not know yet.
        var touched: Set<CacheKey> = []
        var statistics = CacheStatistics()

        mutating func remove(_ key: CacheKey) {
            guard let entry = entries.removeValue(forKey: key) else { return }
            bytes -= entry.size
            touched.remove(key)
        }

        mutating func insert(_ key: CacheKey, _ entry: Entry) {
            remove(key)
            entries[key] = entry
            bytes += entry.size
        }
    }

    private let database: Database
    private let maximumBytes: Int
    private let maximumEntryBytes: Int
    /// Longer answers are not kept.
    package var maximumEntrySize: ByteSize { .bytes(Int64(min(maximumEntryBytes, maximumBytes))) }
    private let timeToLive: Duration
    private let state: Mutex<State>

    /// Reads which answers there are.
    /// - Parameters:
    ///   - maximumSize: of all answers together.
    ///   - maximumEntrySize: of one; longer ones are not kept.
    ///   - timeToLive: how long an answer is given.
    package init(
        _ database: Database, maximumSize: ByteSize, maximumEntrySize: ByteSize = ByteSize(bytes: 4 << 20),
        timeToLive: Duration = .hours(1)
    ) async throws {
        (self.database, self.timeToLive) = (database, timeToLive)
        (maximumBytes, maximumEntryBytes) = (Int(maximumSize.bytes), Int(maximumEntrySize.bytes))
        let known = try await database.read { connection in
            try connection.query("SELECT digest, created, expires, used, size FROM cached_response") { row in
                (
                    CacheKey(digest: try row.blob("digest")),
                    Entry(
                        created: try row.integer("created"), expires: try row.integer("expires"),
                        size: Int(try row.integer("size")), used: try row.integer("used"))
                )
            }
        }
        var initial = State()
        for (key, entry) in known { initial.insert(key, entry) }
        state = Mutex(initial)
    }

    package var statistics: CacheStatistics {
        state.withLock { state in
            var statistics = state.statistics
            (statistics.entries, statistics.bytes) = (state.entries.count, state.bytes)
            return statistics
        }
    }

    /// Looks for an answer.
    /// - Returns: `nil` when there is none that is young enough, or the request wants none.
    /// - Throws: `DatabaseError`.
    package func find(_ key: CacheKey, _ control: CacheControl = .init(), now: Timestamp = .now()) async throws -> CacheHit? {
        guard control.mayRead else { return nil }
        let entry = state.withLock { state -> Entry? in
            guard let entry = state.entries[key], now.milliseconds < entry.expires,
                control.maximumAge.map({ Double(now.milliseconds - entry.created) / 1000 <= $0 }) ?? true
            else {
                state.statistics.misses += 1
                return nil
            }
            state.entries[key]?.used = now.milliseconds
            state.touched.insert(key)
            return entry
        }
        guard let entry else { return nil }
        guard let response = try await read(key) else {
            // It was put out between the look at memory and at the disk.
            state.withLock { $0.statistics.misses += 1 }
            return nil
        }
        return CacheHit(
            response: response, age: max(0, Double(now.milliseconds - entry.created) / 1000),
            timeLeft: Double(entry.expires - now.milliseconds) / 1000)
    }

    /// Keeps an answer, in place of one there may be.
    /// - Returns: whether it was kept: not when the request forbids it or the answer is too long.
    /// - Throws: `DatabaseError`.
    @discardableResult
    package func store(
        _ response: CachedResponse, for key: CacheKey, _ control: CacheControl = .init(), now: Timestamp = .now()
    ) async throws -> Bool {
        let events = response.framed
        let size = events.count + Self.overhead
        guard control.mayStore, size <= min(maximumEntryBytes, maximumBytes) else { return false }
        let entry = Entry(
            created: now.milliseconds, expires: now.advanced(by: timeToLive).milliseconds, size: size, used: now.milliseconds)
        let usage = String(decoding: response.usage.json.serialized(), as: UTF8.self)
        try await database.write { [self] connection in
            try connection.execute(
                "INSERT OR REPLACE INTO cached_response VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", key.digest, entry.created,
                entry.expires, entry.used, size, response.model, response.provider, usage, response.cost.nanoDollars, events)
            // On the one writer, so that memory and disk change in the same order; what a failed commit leaves here is only a miss.
            let (victims, touched) = state.withLock { Self.insert(key, entry, into: &$0, maximumBytes, now) }
            for victim in victims { try connection.execute("DELETE FROM cached_response WHERE digest = ?", victim.digest) }
            for (key, used) in touched {
                try connection.execute("UPDATE cached_response SET used = ? WHERE digest = ?", used, key.digest)
            }
        }
        return true
    }

    /// Removes answers that are past their time and writes down which were used.
    /// - Throws: `DatabaseError`.
    package func sweep(now: Timestamp = .now()) async throws {
        try await database.write { [self] connection in
            let touched = state.withLock { state in
                for (key, entry) in state.entries where entry.expires <= now.milliseconds { state.remove(key) }
                return Self.takeTouched(&state)
            }
            try connection.execute("DELETE FROM cached_response WHERE expires <= ?", now)
            for (key, used) in touched {
                try connection.execute("UPDATE cached_response SET used = ? WHERE digest = ?", used, key.digest)
            }
        }
    }

    private static func insert(
        _ key: CacheKey, _ entry: Entry, into state: inout State, _ maximumBytes: Int, _ now: Timestamp
    ) -> (victims: [CacheKey], touched: [(CacheKey, Int64)]) {
        state.insert(key, entry)
        var victims: [CacheKey] = []
        if state.bytes > maximumBytes {
            // A sixteenth more than needed at once, so that sorting all is rare.
            let goal = maximumBytes - maximumBytes / 16
            let isLive = { (entry: Entry) in entry.expires > now.milliseconds }
            let order = state.entries.filter { $0.key != key }.sorted { a, b in
                (isLive(a.value) ? 1 : 0, a.value.used) < (isLive(b.value) ? 1 : 0, b.value.used)
            }
            for (victim, _) in order where state.bytes > goal {
                state.remove(victim)
                victims.append(victim)
            }
            state.statistics.evicted += victims.count
        }
        return (victims, takeTouched(&state))
    }

    private static func takeTouched(_ state: inout State) -> [(CacheKey, Int64)] {
        defer { state.touched = [] }
        return state.touched.compactMap { key in state.entries[key].map { (key, $0.used) } }
    }

    private func read(_ key: CacheKey) async throws -> CachedResponse? {
        try await database.read { connection in
            try connection.first(
                "SELECT model, provider, usage, cost, events FROM cached_response WHERE digest = ?", key.digest
            ) { row -> CachedResponse? in
                guard let events = CachedResponse.events(framed: try row.blob("events")),
                    let usage = TokenUsage(json: try JSONValue(parsing: Bytes(try row.text("usage").utf8)))
                else { return nil }
                return CachedResponse(
                    model: try row.text("model"), provider: try row.text("provider"), usage: usage,
                    cost: Money(nanoDollars: try row.integer("cost")), events: events)
            } ?? nil
        }
    }
}
