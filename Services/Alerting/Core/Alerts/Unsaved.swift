import Contracts
import Persistence
import Primitives

/// What differs from what is on disk, and goes there in one transaction.
struct Unsaved: Sendable {
    var alerts: [String: Alert?] = [:]
    var silences: [String: Silence?] = [:]
    var heartbeats: [String: Heartbeat?] = [:]
    var told: [String: Dispatcher.Told?] = [:]
    var deliveries: [Delivery] = []
    /// Other names of groups, each change by itself; they are of what is on disk, deliveries here have followed already.
    private var moves: [[Dispatcher.Place: String]] = []
    var events: [OutboxMessage] = []
    var windows: [WindowRow] = []
    var goneWindows: [WindowRow.Key] = []
    var places: [String: SequenceRanges] = [:]
    var reports: [String: Timestamp] = [:]
    var hearing: Hearing.Memory?
    var erasures: [Erasure] = []

    var isEmpty: Bool {
        alerts.isEmpty && silences.isEmpty && heartbeats.isEmpty && told.isEmpty && deliveries.isEmpty && moves.isEmpty
            && events.isEmpty && windows.isEmpty && goneWindows.isEmpty && places.isEmpty && reports.isEmpty && hearing == nil
            && erasures.isEmpty
    }

    /// Groups go on under other names.
    mutating func add(_ moves: [Dispatcher.Place: String]) {
        guard !moves.isEmpty else { return }
        self.moves.append(moves)
        deliveries.follow(moves)
    }

    /// Adds what is older and could not be written: what is newer wins.
    mutating func putBack(_ older: Unsaved) {
        var older = older
        alerts.merge(older.alerts) { new, _ in new }
        silences.merge(older.silences) { new, _ in new }
        heartbeats.merge(older.heartbeats) { new, _ in new }
        told.merge(older.told) { new, _ in new }
        reports.merge(older.reports) { new, _ in new }
        places.merge(older.places) { new, _ in new }
        hearing = hearing ?? older.hearing
        for moves in moves { older.deliveries.follow(moves) }
        (deliveries, events, moves) = (older.deliveries + deliveries, older.events + events, older.moves + moves)
        erasures = older.erasures + erasures
        let newer = Set(windows.map(\.key) + goneWindows)
        windows = older.windows.filter { !newer.contains($0.key) } + windows
        goneWindows = older.goneWindows.filter { !newer.contains($0) } + goneWindows
    }

    func write(on connection: Connection) throws {
        try Self.write("alert", "fingerprint", alerts, on: connection)
        try Self.write("silence", "id", silences, on: connection)
        try Self.write("heartbeat", "name", heartbeats, on: connection)
        try Self.write("notified", "id", told, on: connection)
        for moves in moves { try Delivery.follow(moves, on: connection) }
        for delivery in deliveries { try delivery.insert(on: connection) }
        for event in events { try Outbox.append(event, on: connection) }
        for key in goneWindows {
            try connection.execute("DELETE FROM window WHERE rule = ? AND groups = ?", key.rule, key.text)
        }
        for window in windows { try window.save(on: connection) }
        for (stream, ranges) in places {
            try connection.execute("INSERT OR REPLACE INTO place VALUES (?, ?)", stream, ranges.text)
        }
        if let hearing {
            let text = String(decoding: try JSON.encode(hearing), as: UTF8.self)
            try connection.execute("INSERT OR REPLACE INTO hearing VALUES (1, ?)", text)
        }
        // Last: what was ordered before goes too.
        for erasure in erasures { try erasure.apply(on: connection) }
        for (name, time) in reports { try connection.execute("INSERT OR REPLACE INTO report VALUES (?, ?)", name, time) }
    }

    private static func write(
        _ table: String, _ key: String, _ documents: [String: (some Encodable)?], on connection: Connection
    ) throws {
        for (id, document) in documents {
            guard let document else {
                try connection.execute("DELETE FROM \(table) WHERE \(key) = ?", id)
                continue
            }
            let text = String(decoding: try JSON.encode(document), as: UTF8.self)
            try connection.execute("INSERT OR REPLACE INTO \(table) VALUES (?, ?)", id, text)
        }
    }

    static func read<T: Decodable>(_ table: String, _ key: String, on connection: Connection) throws -> [String: T] {
        let rows = try connection.query("SELECT \(key) AS id, document FROM \(table)") {
            (try $0.text("id"), try JSON.decode(T.self, from: Bytes(try $0.text("document").utf8)))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}

extension [Delivery] {
    fileprivate mutating func follow(_ moves: [Dispatcher.Place: String]) {
        for index in indices { self[index].follow(moves) }
    }
}
