/// The median of every value and the three before and after it.
enum MedianFilter {
    static let reach = 3
    private typealias Lanes = SIMD16<Float>

    /// Fills the first and last three values with their mirror image, the ends themselves not repeated.
    static func mirrorEnds(_ padded: inout [Float]) {
        let last = padded.count - 1 - reach
        for distance in 1...reach {
            padded[reach - distance] = padded[min(reach + distance, last)]
            padded[last + distance] = padded[max(last - distance, reach)]
        }
    }

    /// - Parameters:
    ///   - values: mirrored at the ends: count + 6 values, the first of the result's neighbours first.
    ///   - output: room for `count` values.
    static func run(_ values: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>) {
        var start = 0
        while start + 16 <= count {
            let median = median((0..<7).map { UnsafeRawPointer(values + start + $0).loadUnaligned(as: Lanes.self) })
            UnsafeMutableRawPointer(output + start).storeBytes(of: median, as: Lanes.self)
            start += 16
        }
        for index in start..<max(start, count) {
            output[index] = UnsafeBufferPointer(start: values + index, count: 7).sorted()[3]
        }
    }

    private static func median(_ window: [Lanes]) -> Lanes {
        var v = window
        func order(_ a: Int, _ b: Int) {
            let isLess = v[b] .< v[a]
            let (low, high) = (v[a].replacing(with: v[b], where: isLess), v[b].replacing(with: v[a], where: isLess))
            (v[a], v[b]) = (low, high)
        }
        // Thirteen exchanges find the fourth of seven: Knuth, The Art of Computer Programming 3, section 5.3.4.
        for (a, b) in exchanges { order(a, b) }
        return v[3]
    }

    private static let exchanges = [
        (0, 5), (0, 3), (1, 6), (2, 4), (0, 1), (3, 5), (2, 6), (2, 3), (3, 6), (4, 5), (1, 4), (1, 3), (3, 4),
    ]
}
