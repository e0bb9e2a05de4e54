package import Primitives

/// What the cache has done since the start, and what it holds.
package struct CacheStatistics: Sendable, Hashable {
    package internal(set) var hits = 0
    package internal(set) var misses = 0
    package internal(set) var stored = 0
    package internal(set) var evicted = 0
    /// What the answers that were given again had cost.
    package internal(set) var saved = Money.zero
    package internal(set) var entries = 0
    /// Bytes of events.
    package internal(set) var bytes = 0

    package var json: JSONValue {
        [
            "hits": JSONValue(hits), "misses": JSONValue(misses), "stored": JSONValue(stored), "evicted": JSONValue(evicted),
            "saved": saved.json, "entries": JSONValue(entries), "bytes": JSONValue(bytes),
        ]
    }
}
