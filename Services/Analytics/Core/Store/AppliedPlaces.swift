import AnalyticsAPI
import Persistence

/// Which places of which streams have been recorded, as ranges: usually one for each stream. Written in the transaction of the
/// events, so that a message which comes again, however late, is known.
struct AppliedPlaces {
    private var streams: [String: [ClosedRange<Int64>]] = [:]
    private var changed: Set<String> = []

    /// Notes a place.
    /// - Returns: false when it has been noted before.
    mutating func insert(_ place: Delivery.Place, on connection: Connection) throws -> Bool {
        let sequence = Int64(clamping: place.sequence)
        var ranges = try streams[place.stream] ?? Self.load(place.stream, on: connection)
        // Nearly always the last range.
        let next = ranges.lastIndex { $0.lowerBound <= sequence }.map { $0 + 1 } ?? 0
        if next > 0, ranges[next - 1].contains(sequence) {
            streams[place.stream] = ranges
            return false
        }
        let joinsBefore = next > 0 && ranges[next - 1].upperBound == sequence - 1
        let joinsAfter = next < ranges.count && ranges[next].lowerBound == sequence + 1
        switch (joinsBefore, joinsAfter) {
        case (true, true):
            ranges[next - 1] = ranges[next - 1].lowerBound...ranges[next].upperBound
            ranges.remove(at: next)
        case (true, false): ranges[next - 1] = ranges[next - 1].lowerBound...sequence
        case (false, true): ranges[next] = sequence...ranges[next].upperBound
        case (false, false): ranges.insert(sequence...sequence, at: next)
        }
        streams[place.stream] = ranges
        changed.insert(place.stream)
        return true
    }

    /// Writes what was noted since the last time.
    mutating func write(on connection: Connection) throws {
        for stream in changed {
            try connection.execute("DELETE FROM applied WHERE stream = ?", stream)
            for range in streams[stream] ?? [] {
                try connection.execute("INSERT INTO applied VALUES (?, ?, ?)", stream, range.lowerBound, range.upperBound)
            }
        }
        changed = []
    }

    private static func load(_ stream: String, on connection: Connection) throws -> [ClosedRange<Int64>] {
        try connection.query("SELECT first, last FROM applied WHERE stream = ? ORDER BY first", stream) {
            try $0.integer("first")...$0.integer("last")
        }
    }
}
