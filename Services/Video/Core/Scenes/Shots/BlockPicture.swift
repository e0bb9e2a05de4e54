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
        let (width, height) = (picture.width, picture.height)
        func edges(_ length: Int, _ blocks: Int) -> [Int] { (0...blocks).map { ($0 * length + blocks - 1) / blocks } }
        let (across, down) = (edges(width, Self.columns), edges(height, Self.rows))
        // The scales that bring the differences to 8 bits: 0.564 and 0.713.
        let scales: [Float] = [1, 0.564, 0.713]
        var values = [Float](repeating: 0, count: Self.blocks * 3)
        var (sum, squares) = (0, 0)
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 4 * width) { space in
            picture.withColors { red, green, blue in
                guard let line = space.baseAddress else { return }
                // Of a column of pixels within a row of blocks.
                let (lumas, blues, reds) = (line + width, line + 2 * width, line + 3 * width)
                for row in 0..<Self.rows {
                    lumas.update(repeating: 0, count: 3 * width)
                    for y in down[row]..<down[row + 1] {
                        var square: UInt32 = 0
                        for x in 0..<width {
                            let place = y &* width &+ x
                            let (red, green, blue) = (UInt16(red[place]), UInt16(green[place]), UInt16(blue[place]))
                            let luma = (red &* 77 &+ green &* 150 &+ blue &* 29) >> 8
                            line[x] = luma
                            lumas[x] &+= luma
                            blues[x] &+= blue
                            reds[x] &+= red
                        }
                        for x in 0..<width { square &+= UInt32(line[x]) &* UInt32(line[x]) }
                        squares += Int(square)
                    }
                    for column in 0..<Self.columns {
                        let columns = across[column]..<across[column + 1]
                        let count = columns.count * (down[row + 1] - down[row])
                        guard count > 0 else { continue }
                        func total(_ sums: UnsafeMutablePointer<UInt16>) -> Int { columns.reduce(0) { $0 + Int(sums[$1]) } }
                        let (luma, block) = (total(lumas), row * Self.columns + column)
                        sum += luma
                        for (plane, total) in [luma, total(blues) - luma, total(reds) - luma].enumerated() {
                            values[plane * Self.blocks + block] = Float(total) / Float(count) * scales[plane]
                        }
                    }
                }
            }
        }
        self.values = values
        let count = Float(max(1, width * height))
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
