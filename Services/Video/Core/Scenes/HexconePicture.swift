/// Hue, saturation and value of a small picture, eight bits each.
/// Source: A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978; hue in half degrees so that it fits into a byte.
struct HexconePicture {
    /// Pixels.
    let count: Int
    /// All hues (0 to 179), then all saturations, then all values (0 to 255).
    let samples: [UInt8]

    init(_ picture: AnalysisPicture) {
        let count = picture.width * picture.height
        self.count = count
        samples = [UInt8](unsafeUninitializedCapacity: count * 3) { samples, filled in
            guard let hues = samples.baseAddress else { return }
            let (saturations, values) = (hues + count, hues + 2 * count)
            withUnsafeTemporaryAllocation(of: Int16.self, capacity: count) { turns in
                picture.withColors { red, green, blue in
                    // Two passes, for what needs no table is done by vector units; the spread waits in the saturation's place.
                    for index in 0..<count {
                        let (red, green, blue) = (Int16(red[index]), Int16(green[index]), Int16(blue[index]))
                        let largest = max(red, max(green, blue))
                        let spread = largest &- min(red, min(green, blue))
                        turns[index] =
                            largest == red
                            ? green &- blue : largest == green ? blue &- red &+ 2 &* spread : red &- green &+ 4 &* spread
                        saturations[index] = UInt8(truncatingIfNeeded: spread)
                        values[index] = UInt8(truncatingIfNeeded: largest)
                    }
                }
                Self.scales.withUnsafeBufferPointer { scales in
                    for index in 0..<count {
                        let (spread, largest) = (saturations[index], values[index])
                        let hue = (Int32(turns[index]) &* scales[Int(spread)].sixth &+ 2048) >> 12
                        let saturation = (Int32(spread) &* scales[Int(largest)].saturation &+ 2048) >> 12
                        hues[index] = UInt8(truncatingIfNeeded: hue < 0 ? hue &+ 180 : hue)
                        saturations[index] = UInt8(truncatingIfNeeded: saturation)
                    }
                }
            }
            filled = count * 3
        }
    }

    /// 30 / spread and 255 / value in 1/4096.
    private static let scales: [(sixth: Int32, saturation: Int32)] =
        [(0, 0)]
        + (1...255).map { (Int32((30.0 * 4096 / Double($0)).rounded()), Int32((255.0 * 4096 / Double($0)).rounded())) }
}

/// How much two small pictures differ.
struct PictureChange {
    let hue: Double
    let saturation: Double
    let value: Double

    var mean: Double { (hue + saturation + value) / 3 }
    var measures: [Double] { [mean, hue, saturation, value] }

    /// - Parameter last: `nil` for the first picture, which changes nothing.
    init(from last: HexconePicture?, to next: HexconePicture) {
        guard let last, last.count == next.count, next.count > 0 else {
            (hue, saturation, value) = (0, 0, 0)
            return
        }
        hue = Self.distance(last.samples, next.samples, 0..<next.count)
        saturation = Self.distance(last.samples, next.samples, next.count..<2 * next.count)
        value = Self.distance(last.samples, next.samples, 2 * next.count..<3 * next.count)
    }

    private static func distance(_ first: [UInt8], _ second: [UInt8], _ range: Range<Int>) -> Double {
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                var sum: UInt32 = 0
                for index in range {
                    let (a, b) = (first[index], second[index])
                    sum &+= UInt32(a > b ? a &- b : b &- a)
                }
                return Double(sum) / Double(range.count)
            }
        }
    }
}
