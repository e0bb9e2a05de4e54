import Glibc

/// Counts of values by their size, from which quantiles are told to within one per cent.
/// Source: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", VLDB 2019.
struct QuantileSketch: Sendable, Hashable {
    private static let accuracy = 0.01
    private static let logGamma = log((1 + accuracy) / (1 - accuracy))
    /// The key of zero and of all that is nearer to it than 1e-9.
    private static let zero: Int32 = 0
    /// Keys of positive values are above this, those of negative ones the same below zero.
    private static let shift: Int32 = 10_000

    private(set) var counts: [Int32: Double] = [:]

    init(counts: [Int32: Double] = [:]) { self.counts = counts }

    mutating func add(_ value: Double) { counts[Self.key(value), default: 0] += 1 }

    mutating func merge(_ other: QuantileSketch) {
        for (key, count) in other.counts { counts[key, default: 0] += count }
    }

    /// - Parameter quantile: 0 to 1.
    /// - Returns: `nil` when nothing was added.
    func value(at quantile: Double) -> Double? {
        let total = counts.values.reduce(0, +)
        guard total > 0 else { return nil }
        var rank = quantile * (total - 1)
        for key in counts.keys.sorted() {
            rank -= counts[key] ?? 0
            if rank < 0 { return Self.value(key) }
        }
        return counts.keys.max().map(Self.value)
    }

    private static func key(_ value: Double) -> Int32 {
        guard abs(value) > 1e-9 else { return zero }
        // Values are up to 1e12 and so their logarithms to base gamma are within ±1,400.
        let place = shift + Int32((log(abs(value)) / logGamma).rounded(.up))
        return value > 0 ? place : -place
    }

    private static func value(_ key: Int32) -> Double {
        guard key != zero else { return 0 }
        let size = 2 * exp(Double(abs(key) - shift) * logGamma) / (exp(logGamma) + 1)
        return key > 0 ? size : -size
    }
}
