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
    private let components: PixelComponents
    private let coding: ColorCoding
    private let columns: SampleTaps
    private let isBetweenColumns: Bool
    private var width: Int { columns.first.count }

    init(_ components: PixelComponents, columns: SampleTaps) {
        (self.components, self.columns) = (components, columns)
        coding = ColorCoding(components)
        isBetweenColumns = columns.weights.contains { $0 > 0 }
    }

    /// - Parameters:
    ///   - rows: as many as the small picture has.
    ///   - pixels: takes red, green and blue of one pixel after the other.
    func reduce(_ rows: SampleTaps, into pixels: UnsafeMutableBufferPointer<UInt8>) {
        let count = width * 3
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: count * 4) { space in
            guard let upper = space.baseAddress, var pixel = pixels.baseAddress else { return }
            let (lower, work) = (upper + count, upper + 2 * count)
            for (row, weight) in rows.weights.enumerated() {
                narrow(rows.first[row], into: upper, work)
                if weight > 0 { narrow(rows.second[row], into: lower, work) }
                let (above, below, second) = (Int32(SampleTaps.one - weight), Int32(weight), weight > 0 ? lower : upper)
                for index in 0..<width {
                    for color in 0..<3 {
                        let place = color &* width &+ index
                        let sum = (Int32(upper[place]) &* above) >> 16 &+ (Int32(second[place]) &* below) >> 16
                        pixel[color] = UInt8(truncatingIfNeeded: (sum &+ 2) >> 2)
                    }
                    pixel += 3
                }
            }
        }
    }

    /// One row of the large picture at the small one's width.
    /// - Parameters:
    ///   - line: takes three rows of `width` samples in 1/128: red, green, blue.
    ///   - work: room for twice as many.
    private func narrow(_ row: Int, into line: UnsafeMutablePointer<Int16>, _ work: UnsafeMutablePointer<Int16>) {
        gather(row, columns.first, into: work)
        coding.decode(work, width: width, into: line)
        guard isBetweenColumns else {
            for index in 0..<width * 3 { line[index] &<<= 7 }
            return
        }
        let right = work + 3 * width
        gather(row, columns.second, into: work)
        coding.decode(work, width: width, into: right)
        columns.weights.withUnsafeBufferPointer { weights in
            for color in 0..<3 {
                let (line, right) = (line + color * width, right + color * width)
                for index in 0..<width {
                    let (first, second) = (Int32(SampleTaps.one &- weights[index]), Int32(weights[index]))
                    line[index] = Int16(truncatingIfNeeded: (Int32(line[index]) &* first &+ Int32(right[index]) &* second) >> 4)
                }
            }
        }
    }

    /// Samples of one row as eight bits: a row of `width` for each component.
    private func gather(_ row: Int, _ columns: [Int], into line: UnsafeMutablePointer<Int16>) {
        for (number, component) in components.all.enumerated() {
            let isChroma = number > 0 && !components.isRGB
            let (shiftX, step) = (isChroma ? components.chromaShiftX : 0, component.step)
            let source = component.start + (row >> (isChroma ? components.chromaShiftY : 0)) * component.rowStride
            let (toEight, line) = (Int32(component.shift + component.depth - 8), line + number * width)
            columns.withUnsafeBufferPointer { columns in
                if component.depth == 8 {
                    for index in 0..<columns.count { line[index] = Int16(source[(columns[index] >> shiftX) &* step]) }
                    return
                }
                for index in 0..<columns.count {
                    let place = source + (columns[index] >> shiftX) &* step
                    line[index] = Int16(truncatingIfNeeded: (Int32(place[0]) | Int32(place[1]) << 8) >> toEight)
                }
            }
        }
    }
}
