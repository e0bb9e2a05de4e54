extension Duration {
    /// The length in seconds.
    package var seconds: Double {
        // Up to nine seconds they fit into 64 bits, and need no division of 128.
        let short = Int64(truncatingIfNeeded: attoseconds)
        if Int128(short) == attoseconds { return Double(short) / 1e18 }
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// The length in whole milliseconds, rounded towards zero.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// The length in whole nanoseconds, rounded towards zero.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    package static func minutes(_ count: Int64) -> Duration { .seconds(count * 60) }
    package static func hours(_ count: Int64) -> Duration { .seconds(count * 3600) }
}
