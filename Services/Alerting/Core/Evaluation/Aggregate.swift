/// What is kept of measurements that came together.
struct Aggregate: Sendable, Hashable {
    var count = 0.0
    var sum = 0.0
    var low = Double.infinity
    var high = -Double.infinity

    mutating func add(_ value: Double) {
        count += 1
        sum += value
        if value < low { low = value }
        if value > high { high = value }
    }

    mutating func merge(_ other: Aggregate) {
        count += other.count
        sum += other.sum
        low = Swift.min(low, other.low)
        high = Swift.max(high, other.high)
    }
}
