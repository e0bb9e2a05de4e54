extension Fingerprint {
    /// Bits of an item that have to be equal for its places to be tried; what AcoustID's server takes.
    private static let alignmentBits = 14
    /// Pairs of places that are counted for one value, so that what repeats without end costs no more.
    private static let pairLimit = 1 << 16
    /// Offsets that are tried.
    private static let offsetLimit = 8

    /// Finds the longest stretch of sound that both recordings share.
    ///
    /// The offsets at which many items are alike are found by a histogram, then the bits are compared there, as AcoustID's
    /// server does it (acoustid_compare.c; L. Lalinský).
    /// - Parameter other: the recording to find this one in, or parts of it.
    /// - Returns: `nil` when they share nothing of 4 seconds or more.
    package func match(in other: Fingerprint) -> FingerprintMatch? {
        Alignment.best(items, other.items, offsets: likelyOffsets(in: other))?.match
    }

    private func likelyOffsets(in other: Fingerprint) -> [Int] {
        let shift = UInt32(32 - Self.alignmentBits)
        func places(_ items: [UInt32]) -> [UInt64] {
            items.enumerated().map { UInt64($1 >> shift) << 32 | UInt64($0) }.sorted()
        }
        let (own, others) = (places(items), places(other.items))
        var votes = [Int32](repeating: 0, count: items.count + other.items.count)
        var (left, right) = (own[...], others[...])
        while let first = left.first, let second = right.first {
            let (a, b) = (first >> 32, second >> 32)
            if a != b {
                if a < b { left.removeFirst() } else { right.removeFirst() }
                continue
            }
            let (run, runOther) = (left.prefix { $0 >> 32 == a }, right.prefix { $0 >> 32 == a })
            if run.count * runOther.count <= Self.pairLimit {
                for place in run {
                    for otherPlace in runOther {
                        votes[Int(otherPlace & 0xFFFF_FFFF) - Int(place & 0xFFFF_FFFF) + items.count] += 1
                    }
                }
            }
            (left, right) = (left.dropFirst(run.count), right.dropFirst(runOther.count))
        }
        let likely = votes.indices.filter { votes[$0] > 0 }.sorted { votes[$0] > votes[$1] }
        return likely.prefix(Self.offsetLimit).map { $0 - items.count }
    }
}
