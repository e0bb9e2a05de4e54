/// Tells where in a stretch of audio a mark that was read begins and ends.
enum MarkedExtent {
    /// - Parameters:
    ///   - reading: what was read from the sum of the segments.
    ///   - segments: each of `WatermarkGrid.rows` rows of whitened cells.
    /// - Returns: the rows, counted from the first segment's, whose slots agree with the code word: the stretch over which the
    ///   agreement, less half of its mean where the mark is, sums up to most (Bentley, "Programming Pearls", Communications of
    ///   the ACM 27(9), 1984).
    static func find(_ reading: BlockSearch.Reading, search: BlockSearch, segments: [[Float]]) -> Range<Int> {
        let chips = search.pattern.chips(symbols: reading.symbols)
        let firstRow = reading.phase % WatermarkGrid.slotRows
        var agreements: [Float] = []
        for (index, segment) in segments.enumerated() {
            for row in stride(from: firstRow, to: WatermarkGrid.rows, by: WatermarkGrid.slotRows) {
                let blockRow = (index * WatermarkGrid.rows + row - reading.phase + WatermarkGrid.rows) % WatermarkGrid.rows
                agreements.append(agreement(segment, row, chips, slot: blockRow / WatermarkGrid.slotRows, search.cellCount))
            }
        }
        let best = heaviest(agreements.map { $0 - typical(agreements) / 2 })
        return firstRow + best.lowerBound * WatermarkGrid.slotRows..<firstRow + best.upperBound * WatermarkGrid.slotRows
    }

    private static func agreement(_ segment: [Float], _ row: Int, _ chips: [Float], slot: Int, _ cellCount: Int) -> Float {
        (0..<cellCount).reduce(0) { $0 + segment[row * cellCount + $1] * chips[slot * WatermarkGrid.cells + $1] }
    }

    /// The mean over the block's length that agrees most.
    private static func typical(_ agreements: [Float]) -> Float {
        stride(from: 0, to: agreements.count, by: WatermarkGrid.slots)
            .map { agreements[$0..<min($0 + WatermarkGrid.slots, agreements.count)].reduce(0, +) / Float(WatermarkGrid.slots) }
            .max() ?? 0
    }

    private static func heaviest(_ values: [Float]) -> Range<Int> {
        var (best, bestSum) = (0..<0, Float(0))
        var (start, sum) = (0, Float(0))
        for (index, value) in values.enumerated() {
            if sum <= 0 { (start, sum) = (index, 0) }
            sum += value
            if sum > bestSum { (best, bestSum) = (start..<index + 1, sum) }
        }
        return best
    }
}
