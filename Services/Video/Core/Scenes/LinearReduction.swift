import Media

/// For each sample of a small row the two of a large one that it is interpolated between.
/// Source: bilinear interpolation with pixel centres aligned, weights of 11 bits, as OpenCV's resize has it.
struct SampleTaps {
    /// A whole in the weights.
    static let one: Int16 = 2048

    let first: [Int]
    let second: [Int]
    /// Of the second, 0 to `one`.
    let weights: [Int16]

    init(from large: Int, to small: Int) {
        let scale = Double(large) / Double(small)
        let places = (0..<small).map { min(Double(large - 1), max(0, (Double($0) + 0.5) * scale - 0.5)) }
        first = places.map { Int($0) }
        second = first.map { min(large - 1, $0 + 1) }
        weights = zip(places, first).map { Int16((($0 - Double($1)) * Double(Self.one)).rounded(.toNearestOrEven)) }
    }
}

/// Makes a small picture of red, green and blue from the samples of a large one.
///
/// Samples become colours before they are interpolated and intermediate results are cut off as OpenCV's resize does on vector units,
/// so that borderline frames fall on the same side of a detector's threshold.
struct LinearReduction {
    private let components: [ComponentTaps]
    private let coding: ColorCoding
    private let columns: SampleTaps
    private var width: Int { columns.first.count }

    init(_ components: PixelComponents, columns: SampleTaps) {
        self.columns = columns
        self.components = components.all.indices.map { ComponentTaps(components, $0, columns) }
        coding = ColorCoding(components)
    }

    /// - Parameters:
    ///   - rows: as many as the small picture has.
    ///   - pixels: takes all red samples, then all green ones, then all blue ones.
    func reduce(_ rows: SampleTaps, into pixels: UnsafeMutablePointer<UInt8>) {
        let (line, plane, rowBytes) = (3 * width, rows.first.count * width, components.map(\.rowBytes).max() ?? 0)
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: 7 * line + rowBytes / 2 + 1) { space in
            guard let upper = space.baseAddress else { return }
            let (lower, above, below) = (upper + line, upper + 2 * line, upper + 3 * line)
            var work = Work(left: upper + 4 * line, right: upper + 5 * line, colors: upper + 6 * line, rowBytes: upper + 7 * line)
            work.rows = [Int](repeating: -1, count: components.count)
            for (row, weight) in rows.weights.enumerated() {
                narrow(rows.first[row], into: upper, &work)
                if weight > 0 { narrow(rows.second[row], into: lower, &work) }
                let second = weight > 0 ? lower : upper
                // One for each sample, so that vector units multiply 16 bits instead of 32.
                above.update(repeating: SampleTaps.one - weight, count: width)
                below.update(repeating: weight, count: width)
                for color in 0..<3 {
                    let (upper, second) = (upper + color * width, second + color * width)
                    let pixel = pixels + color * plane + row * width
                    for index in 0..<width {
                        let sum = Self.product(upper[index], above[index]) &+ Self.product(second[index], below[index])
                        pixel[index] = UInt8(truncatingIfNeeded: (sum &+ 2) >> 2)
                    }
                }
            }
        }
    }

    /// Room for one row's samples.
    private struct Work {
        /// A row of samples for each component, and for each colour.
        let left: UnsafeMutablePointer<Int16>
        let right: UnsafeMutablePointer<Int16>
        let colors: UnsafeMutablePointer<Int16>
        let rowBytes: UnsafeMutablePointer<Int16>
        /// The row of each component that was read last.
        var rows: [Int] = []
    }

    /// One row of the large picture at the small one's width.
    /// - Parameter line: takes three rows of `width` samples in 1/128: red, green, blue.
    private func narrow(_ row: Int, into line: UnsafeMutablePointer<Int16>, _ work: inout Work) {
        for (number, component) in components.enumerated() where component.row(row) != work.rows[number] {
            work.rows[number] = component.row(row)
            let place = number * width
            component.read(work.rows[number], into: work.left + place, work.right + place, near: work.rowBytes)
        }
        coding.decode(work.left, width: width, into: line)
        coding.decode(work.right, width: width, into: work.colors)
        columns.weights.withUnsafeBufferPointer { weights in
            for color in 0..<3 {
                let (line, right) = (line + color * width, work.colors + color * width)
                for index in 0..<weights.count {
                    let (first, second) = (Int32(SampleTaps.one &- weights[index]), Int32(weights[index]))
                    line[index] = Int16(truncatingIfNeeded: (Int32(line[index]) &* first &+ Int32(right[index]) &* second) >> 4)
                }
            }
        }
    }

    @inline(__always)
    private static func product(_ sample: Int16, _ weight: Int16) -> Int16 {
        Int16(truncatingIfNeeded: (Int32(sample) &* Int32(weight)) >> 16)
    }
}
