import AnalyticsAPI
import Persistence
import Primitives

/// Which places of which streams have been recorded. Written in the transaction of the events, so that a message which comes again,
/// however late, is known.
struct AppliedPlaces {
    private var streams: [String: SequenceRanges] = [:]
    private var changed: Set<String> = []

    /// Notes a place.
    /// - Returns: false when it has been noted before.
    mutating func insert(_ place: Delivery.Place, on connection: Connection) throws -> Bool {
        if streams[place.stream] == nil {
            streams[place.stream] = try Self.load(place.stream, on: connection)
        }
        guard streams[place.stream, default: SequenceRanges()].insert(place.sequence) else { return false }
        changed.insert(place.stream)
        return true
    }

    /// Writes what was noted since the last time.
    mutating func write(on connection: Connection) throws {
        for stream in changed {
            try connection.execute("DELETE FROM applied WHERE stream = ?", stream)
            for range in streams[stream]?.ranges ?? [] {
                let (first, last) = (Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound))
                try connection.execute("INSERT INTO applied VALUES (?, ?, ?)", stream, first, last)
            }
        }
        changed = []
    }

    private static func load(_ stream: String, on connection: Connection) throws -> SequenceRanges {
        try SequenceRanges(
            connection.query("SELECT first, last FROM applied WHERE stream = ? ORDER BY first", stream) {
                try UInt64($0.integer("first"))...UInt64($0.integer("last"))
            })
    }
}
