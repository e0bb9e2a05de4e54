/// A picture as a grid of blocks' mean luma and colour: small enough that noise and grain are averaged away.
struct BlockPicture: Sendable {
    static let (columns, rows) = (32, 18)
    static let blocks = columns * rows

    /// Luma of all blocks, then their blueness, then their redness (ITU-R BT.601), 0 to 255 about 128 for the colours.
    let values: [Float]
    /// The mean and the standard deviation of the small picture's luma.
    let brightness: Float
    let contrast: Float

    init(_ picture: AnalysisPicture) {
        var sums = [Int32](repeating: 0, count: Self.blocks * 3)
        var counts = [Int32](repeating: 0, count: Self.blocks)
        var (sum, squares) = (0, 0)
        picture.samples.withUnsafeBufferPointer { pixels in
            sums.withUnsafeMutableBufferPointer { sums in
                for y in 0..<picture.height {
                    let row = y * Self.rows / picture.height * Self.columns
                    for x in 0..<picture.width {
                        let block = row &+ x &* Self.columns / picture.width
                        let place = (y &* picture.width &+ x) &* 3
                        let (red, green, blue) = (Int32(pixels[place]), Int32(pixels[place &+ 1]), Int32(pixels[place &+ 2]))
                        let luma = (red &* 77 &+ green &* 150 &+ blue &* 29) >> 8
                        sums[block &* 3] &+= luma
                        sums[block &* 3 &+ 1] &+= blue &- luma
                        sums[block &* 3 &+ 2] &+= red &- luma
                        counts[block] &+= 1
                        sum &+= Int(luma)
                        squares &+= Int(luma &* luma)
                    }
                }
            }
        }
        // The scales that bring the differences to 8 bits: 0.564 and 0.713.
        let scales: [Float] = [1, 0.564, 0.713]
        var values = [Float](repeating: 0, count: Self.blocks * 3)
        for block in 0..<Self.blocks where counts[block] > 0 {
            for plane in 0..<3 {
                values[plane * Self.blocks + block] = Float(sums[block * 3 + plane]) / Float(counts[block]) * scales[plane]
            }
        }
        self.values = values
        let count = Float(max(1, picture.width * picture.height))
        brightness = Float(sum) / count
        contrast = max(0, Float(squares) / count - brightness * brightness).squareRoot()
    }

    /// The mean difference of a block, 0 to 255.
    func distance(to other: BlockPicture) -> Float {
        var sum: Float = 0
        for index in 0..<values.count { sum += abs(values[index] - other.values[index]) }
        return sum / Float(values.count)
    }

    /// How alike the arrangement of light and dark is, -1 to 1; brightness and contrast do not matter.
    /// - Parameters:
    ///   - x: blocks that the other is shifted by to the right, and `y` down; only what overlaps is compared.
    func likeness(to other: BlockPicture, shiftedBy x: Int = 0, _ y: Int = 0) -> Float {
        var (count, sumA, sumB, squareA, squareB, both): (Float, Float, Float, Float, Float, Float) = (0, 0, 0, 0, 0, 0)
        for row in max(0, y)..<Self.rows + min(0, y) {
            for column in max(0, x)..<Self.columns + min(0, x) {
                let (a, b) = (values[row * Self.columns + column], other.values[(row - y) * Self.columns + column - x])
                count += 1
                sumA += a
                sumB += b
                squareA += a * a
                squareB += b * b
                both += a * b
            }
        }
        let scale = (squareA - sumA * sumA / count) * (squareB - sumB * sumB / count)
        return scale > 1 ? (both - sumA * sumB / count) / scale.squareRoot() : 0
    }

    /// The best likeness over shifts by a camera that pans: up to a fifth of the picture each way.
    func likenessUnderMotion(to other: BlockPicture) -> Float {
        var best: Float = -1
        for y in -4...4 { for x in -6...6 { best = max(best, likeness(to: other, shiftedBy: x, y)) } }
        return best
    }
}
