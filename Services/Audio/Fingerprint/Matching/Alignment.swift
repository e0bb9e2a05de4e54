/// Two fingerprints laid over each other at a given offset: the stretch in which they are the same sound.
///
/// Every pair of items gains what its bits agree in above the threshold; the stretch is the one with the largest sum (J. Bentley,
/// "Programming Pearls: Algorithm Design Techniques", CACM 27(9), 1984). Errors inside are forgiven, strangers at the ends cut.
struct Alignment {
    /// Differing bits of 32 at which an item neither speaks for nor against; what Chromaprint's own matcher takes. Re-encoded
    /// sound differs in 0.1 to 2 bits, strangers at their most alike in 12.
    private static let threshold = 10
    /// The largest mean of differing bits in a match, a bit error rate of 0.22; J. Haitsma and T. Kalker ("A Highly Robust Audio
    /// Fingerprinting System", ISMIR 2002) allow 0.35 for items that are independent, which these are not.
    private static let limit = 7
    /// The least sum of a match: about 4 seconds of good copies, 7 of bad ones.
    private static let leastGain = 90

    /// Of the stretch: its first item in the query.
    let first: Int
    /// Items of the stretch.
    let count: Int
    /// Added to a place in the query, gives the place in the other.
    let offset: Int
    let gain: Int
    /// Bits that differ in the stretch.
    private let errors: Int

    /// - Parameter offset: added to an item's place in the query, gives its place in the other.
    /// - Returns: `nil` when they have nothing in common there.
    init?(_ query: UnsafeBufferPointer<UInt32>, _ other: UnsafeBufferPointer<UInt32>, offset: Int) {
        let (from, to) = (max(0, -offset), min(query.count, other.count - offset))
        guard from < to else { return nil }
        var (best, bestFirst, bestEnd) = (0, 0, 0)
        var (sum, first) = (0, from)
        var before: (UInt32, UInt32)?
        for index in from..<to {
            let pair = (query[index], other[index + offset])
            // Where neither moves, as in silence and steady tones, nothing new is heard.
            if let before, before == pair { continue }
            before = pair
            if sum <= 0 { (sum, first) = (0, index) }
            sum += Self.threshold - (pair.0 ^ pair.1).nonzeroBitCount
            if sum > best { (best, bestFirst, bestEnd) = (sum, first, index + 1) }
        }
        guard best >= Self.leastGain else { return nil }
        let errors = (bestFirst..<bestEnd).reduce(0) { $0 + (query[$1] ^ other[$1 + offset]).nonzeroBitCount }
        (self.first, count, self.offset, gain, self.errors) = (bestFirst, bestEnd - bestFirst, offset, best, errors)
        guard errors <= Self.limit * count else { return nil }
    }

    var match: FingerprintMatch {
        FingerprintMatch(
            queryStart: Double(first) * Fingerprint.hop, start: Double(first + offset) * Fingerprint.hop,
            duration: Fingerprint.duration(items: count), score: max(0, 1 - 2 * Double(errors) / Double(32 * count)))
    }

    /// The best alignment at one of the offsets or a hop beside it.
    static func best(_ query: [UInt32], _ other: [UInt32], offsets: some Sequence<Int>) -> Alignment? {
        query.withUnsafeBufferPointer { query in
            other.withUnsafeBufferPointer { other in
                let around = Set(offsets.flatMap { [$0 - 1, $0, $0 + 1] })
                return around.compactMap { Alignment(query, other, offset: $0) }.max {
                    ($0.gain, -$0.offset) < ($1.gain, -$1.offset)
                }
            }
        }
    }
}
