/// What the cache has done since the start, and what it holds.
package struct CacheStatistics: Sendable, Hashable {
    package internal(set) var misses = 0
    package internal(set) var evicted = 0
    package internal(set) var entries = 0
    /// Bytes of events.
    package internal(set) var bytes = 0
}
