/// A count and a sum that do not depend on the order in which values came: the sum is kept as whole numbers and billionths. A
/// value counts with its billionths rounded, which for values from about ten million on is all that a `Double` tells.
package struct ExactSum: Sendable, Hashable {
    package var count: Int64
    package var whole: Int64
    /// Billionths; not carried over.
    package var nano: Int64
    package var low: Double
    package var high: Double

    package init(count: Int64, whole: Int64, nano: Int64, low: Double, high: Double) {
        (self.count, self.whole, self.nano, self.low, self.high) = (count, whole, nano, low, high)
    }

    /// - Parameter value: finite, at most 1e12 either way.
    package init(_ value: Double) {
        let floor = value.rounded(.down)
        self.init(count: 1, whole: Int64(floor), nano: Int64(((value - floor) * 1e9).rounded()), low: value, high: value)
    }

    package var sum: Double { Double(whole) + Double(nano) / 1e9 }
    package var mean: Double { count > 0 ? sum / Double(count) : 0 }

    package mutating func add(_ other: ExactSum) {
        count += other.count
        whole &+= other.whole
        nano &+= other.nano
        low = min(low, other.low)
        high = max(high, other.high)
    }

    package static func + (a: ExactSum, b: ExactSum) -> ExactSum {
        var sum = a
        sum.add(b)
        return sum
    }

    /// Nothing yet.
    package static let zero = ExactSum(count: 0, whole: 0, nano: 0, low: .infinity, high: -.infinity)
}
