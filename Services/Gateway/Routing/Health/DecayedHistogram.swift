import Glibc
import Primitives

/// Quantiles of a stream of positive numbers in which what is old counts less and less.
///
/// The buckets grow geometrically, so that every quantile is within `accuracy` of a true sample (C. Masson, J. E. Rim, H. K. Lee,
/// "DDSketch", PVLDB 12(12), 2019, section 2.1). Samples are weighted by forward decay, which never touches the older ones:
/// each new one weighs more than the one before (G. Cormode, V. Shkapenyuk, D. Srivastava, B. Xu, "Forward Decay", ICDE 2009,
/// section 3).
package struct DecayedHistogram: Sendable {
    /// Relative error of a quantile.
    package static let accuracy = 0.05
    /// Seconds that fall into the first and the last bucket: a tenth of a millisecond, twenty minutes.
    private static let lowest = 1e-5
    private static let highest = 1200.0
    private static let logarithmOfGrowth = log((1 + accuracy) / (1 - accuracy))
    private static let bucketCount = Int((log(highest / lowest) / logarithmOfGrowth).rounded(.up)) + 1
    /// Weights are brought down before a Float loses small ones beside large ones.
    private static let largestWeight = 1e6

    private var weights = [Float](repeating: 0, count: bucketCount)
    private var total = 0.0
    private let halfLife: Double
    /// The time whose samples weigh 1.
    private var landmark: ContinuousClock.Instant?

    /// - Parameter halfLife: after how long a sample counts half.
    package init(halfLife: Duration) {
        self.halfLife = max(1e-3, halfLife.seconds)
    }

    /// Adds a sample.
    /// - Parameter seconds: not positive and not finite ones are left out.
    package mutating func add(_ seconds: Double, now: ContinuousClock.Instant) {
        guard seconds > 0, seconds.isFinite else { return }
        let start = landmark ?? now
        landmark = start
        var weight = exp2((now - start).seconds / halfLife)
        if weight > Self.largestWeight {
            let scale = Float(1 / weight)
            for index in weights.indices { weights[index] *= scale }
            (total, landmark, weight) = (total * Double(scale), now, 1)
        }
        weights[Self.bucket(of: seconds)] += Float(weight)
        total += weight
    }

    /// How many samples of this moment the rest is worth.
    package func weight(now: ContinuousClock.Instant) -> Double {
        guard let landmark else { return 0 }
        return total * exp2(-(now - landmark).seconds / halfLife)
    }

    /// - Parameter fraction: 0 to 1; 0.5 for the median.
    /// - Returns: seconds; `nil` without samples.
    package func quantile(_ fraction: Double) -> Double? {
        guard total > 0 else { return nil }
        // Of the buckets, not `total`: rounding must not lead past the last one.
        let rank = min(max(fraction, 0), 1) * weights.reduce(0.0) { $0 + Double($1) }
        var sum = 0.0
        for (index, weight) in weights.enumerated() where weight > 0 {
            sum += Double(weight)
            if sum >= rank * (1 - 1e-9) { return Self.value(of: index) }
        }
        return nil
    }

    private static func bucket(of seconds: Double) -> Int {
        let index = (log(seconds / lowest) / logarithmOfGrowth).rounded(.up)
        return Int(min(max(index, 0), Double(bucketCount - 1)))
    }

    /// The middle of a bucket in the relative sense: 2γⁱ/(γ+1).
    private static func value(of index: Int) -> Double {
        lowest * exp(Double(index) * logarithmOfGrowth) * (1 - accuracy)
    }
}
