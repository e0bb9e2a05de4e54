/// The measurements of a length of time, in buckets of equal length; only those that hold something are kept. What is added is
/// added to the total too, so that a value costs as much however long the window is.
struct Window: Sendable {
    struct Bucket: Sendable, Hashable {
        /// The number of the bucket's length of time, counted from 1970.
        var slot: Int64
        var aggregate: Aggregate
    }

    /// Oldest first.
    private(set) var buckets: [Bucket] = []
    /// One for each bucket where quantiles are asked for.
    private(set) var sketches: [QuantileSketch] = []
    private(set) var total = Aggregate()

    init() {}

    init(buckets: [Bucket], sketches: [QuantileSketch]) {
        (self.buckets, self.sketches) = (buckets, sketches)
        recount()
    }

    var isEmpty: Bool { buckets.isEmpty }

    mutating func add(_ value: Double, slot: Int64, withSketch: Bool) {
        total.add(value)
        let place = place(of: slot, withSketch: withSketch)
        buckets[place].aggregate.add(value)
        if withSketch { sketches[place].add(value) }
    }

    /// The index of a slot's bucket, which is made when there is none. Nearly always the last.
    private mutating func place(of slot: Int64, withSketch: Bool) -> Int {
        var index = buckets.count
        while index > 0, buckets[index - 1].slot > slot { index -= 1 }
        if index > 0, buckets[index - 1].slot == slot { return index - 1 }
        buckets.insert(Bucket(slot: slot, aggregate: Aggregate()), at: index)
        if withSketch { sketches.insert(QuantileSketch(), at: index) }
        return index
    }

    /// Lets go of what is older than a slot.
    mutating func expire(before slot: Int64) {
        guard let first = buckets.first, first.slot < slot else { return }
        let count = buckets.firstIndex { $0.slot >= slot } ?? buckets.count
        buckets.removeFirst(count)
        if !sketches.isEmpty { sketches.removeFirst(count) }
        // Anew rather than by subtraction, whose rounding would add up.
        recount()
    }

    /// The same, so many slots earlier.
    func moved(back count: Int64) -> Window {
        guard count > 0 else { return self }
        return Window(
            buckets: buckets.map { Bucket(slot: $0.slot - count, aggregate: $0.aggregate) }, sketches: sketches)
    }

    /// The part from a slot on, and the part before it.
    func split(at slot: Int64) -> (before: Window, after: Window) {
        let count = buckets.firstIndex { $0.slot >= slot } ?? buckets.count
        let cut = min(count, sketches.count)
        return (
            Window(buckets: Array(buckets[..<count]), sketches: Array(sketches[..<cut])),
            Window(buckets: Array(buckets[count...]), sketches: Array(sketches[cut...]))
        )
    }

    /// - Returns: `nil` for what nothing can be said about without a measurement.
    func value(_ function: AlertRule.Function) -> Double? {
        switch function {
        case .sum: return total.sum
        case .count: return total.count
        case .avg: return total.count > 0 ? total.sum / total.count : nil
        case .min: return total.count > 0 ? total.low : nil
        case .max: return total.count > 0 ? total.high : nil
        case .quantile(let quantile):
            var all = QuantileSketch()
            for sketch in sketches { all.merge(sketch) }
            return all.value(at: quantile)
        }
    }

    private mutating func recount() {
        total = Aggregate()
        for bucket in buckets { total.merge(bucket.aggregate) }
    }
}
