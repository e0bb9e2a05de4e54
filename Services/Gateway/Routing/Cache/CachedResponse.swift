package import Primitives

/// An answer as it is kept: enough to give it again, whole or as a stream.
package struct CachedResponse: Sendable, Hashable {
    package let model: String
    package let provider: String
    /// What the answer used when it was made.
    package let usage: TokenUsage
    /// What it cost when it was made: what giving it again saves.
    package let cost: Money
    /// The answer's events in the order in which they came; one for an answer in one piece. Their form is the caller's own.
    package let events: [Bytes]

    package init(model: String, provider: String, usage: TokenUsage, cost: Money, events: [Bytes]) {
        (self.model, self.provider, self.usage, self.cost, self.events) = (model, provider, usage, cost, events)
    }

    /// The events one after the other, each with its length in four bytes before it, lowest first.
    var framed: Bytes {
        var bytes = Bytes()
        bytes.reserveCapacity(events.reduce(0) { $0 + $1.count + 4 })
        for event in events {
            withUnsafeBytes(of: UInt32(event.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: event)
        }
        return bytes
    }

    /// - Returns: `nil` when the bytes are not what `framed` gives.
    static func events(framed bytes: Bytes) -> [Bytes]? {
        var events: [Bytes] = []
        var place = 0
        while place < bytes.count {
            guard place + 4 <= bytes.count else { return nil }
            let length = bytes.withUnsafeBytes {
                Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            }
            place += 4
            guard length <= bytes.count - place else { return nil }
            events.append(Bytes(bytes[place..<place + length]))
            place += length
        }
        return events
    }
}

/// An answer from the cache.
package struct CacheHit: Sendable, Hashable {
    package let response: CachedResponse
    /// Seconds since it was made; for the Age header field.
    package let age: Double
    /// Seconds until it is no longer given.
    package let timeLeft: Double
}
