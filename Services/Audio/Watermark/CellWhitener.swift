/// Takes the audio itself out of the cell levels as far as it can be foretold, so that the mark stands out.
///
/// A slot's mean levels, less the mean of the slots before and after it in the same cell (steady tones go), less the mean of
/// the cells around it (changes of loudness go), over its usual size in that cell and cut off at `limit`, so that what the
/// audio does suddenly does not outweigh the rest. The first has the purpose of the cepstral filter of Kirovski and Malvar
/// (2003); the last makes the sum of many cells a robust one (Huber, "Robust Statistics", 1981).
final class CellWhitener {
    /// The rows of a slot: those at its ends have half of the neighbours in their windows.
    private static let weights: [Float] = [0.18, 0.32, 0.32, 0.18]
    private static let neighbours = 4
    private static let limit: Float = 2.5
    /// The share of a row in the running mean of sizes: about a second.
    private static let adaption: Float = 0.01
    /// How much of each neighbour in time is taken away; the levels of music and speech are not quite as steady as 0.5 has it.
    private static let timeShare: Float = 0.4
    /// Sizes are never taken to be under this, dB.
    private static let smallestSize: Float = 0.5

    private let cellCount: Int
    /// The levels of the last slot's rows, and the slot means of the last two slots' rows, row by row in rings.
    private var levels: [Float]
    private var means: [Float]
    private var sizes: [Float]
    private var differences: [Float]
    private var output: [Float]
    private var rowCount = 0

    init(cellCount: Int) {
        self.cellCount = cellCount
        levels = Array(repeating: 0, count: cellCount * WatermarkGrid.slotRows)
        means = Array(repeating: 0, count: cellCount * (2 * WatermarkGrid.slotRows + 1))
        sizes = Array(repeating: 0, count: cellCount)
        differences = sizes
        output = sizes
    }

    /// Takes a row of levels.
    /// - Returns: whether the whitened cells are known now of the slot that began two slots less a row before this row.
    func append(_ row: UnsafePointer<Float>) -> Bool {
        let (slotRows, ring) = (WatermarkGrid.slotRows, 2 * WatermarkGrid.slotRows + 1)
        levels.withUnsafeMutableBufferPointer { levels in
            (levels.baseAddress! + rowCount % slotRows * cellCount).update(from: row, count: cellCount)
        }
        rowCount += 1
        guard rowCount >= slotRows else { return false }
        // Counted by their first rows.
        let newest = rowCount - slotRows
        findMean(at: newest % ring)
        guard newest >= 2 * slotRows else { return false }
        findDifferences(before: (newest - 2 * slotRows) % ring, at: (newest - slotRows) % ring, after: newest % ring)
        // A plain mean to begin with.
        normalise(share: max(Self.adaption, 1 / Float(newest - 2 * slotRows + 1)))
        return true
    }

    /// The whitened cells.
    func withRow<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
        output.withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    private func findMean(at position: Int) {
        let slotRows = WatermarkGrid.slotRows
        levels.withUnsafeBufferPointer { levels in
            means.withUnsafeMutableBufferPointer { means in
                let target = means.baseAddress! + position * cellCount
                target.update(repeating: 0, count: cellCount)
                for row in 0..<slotRows {
                    let source = levels.baseAddress! + (rowCount + row) % slotRows * cellCount
                    let weight = Self.weights[row]
                    for cell in 0..<cellCount {
                        target[cell] += weight * source[cell]
                    }
                }
            }
        }
    }

    private func findDifferences(before: Int, at: Int, after: Int) {
        means.withUnsafeBufferPointer { means in
            let means = means.baseAddress!
            for cell in 0..<cellCount {
                let around = means[before * cellCount + cell] + means[after * cellCount + cell]
                differences[cell] = means[at * cellCount + cell] - Self.timeShare * around
            }
        }
    }

    private func normalise(share: Float) {
        differences.withUnsafeBufferPointer { differences in
            for cell in 0..<cellCount {
                let (low, high) = (max(0, cell - Self.neighbours), min(cellCount - 1, cell + Self.neighbours))
                var sum: Float = 0
                for other in low...high {
                    sum += differences[other]
                }
                let value = differences[cell] - sum / Float(high - low + 1)
                sizes[cell] += share * (abs(value) - sizes[cell])
                let relative = value / max(Self.smallestSize, sizes[cell])
                output[cell] = max(-Self.limit, min(Self.limit, relative))
            }
        }
    }
}
