import Glibc

/// Finds blocks in whitened cells and reads them.
///
/// The cells come folded: rows that are a whole number of blocks apart are added up, so that all copies of the payload in a
/// stretch of audio are read as one.
struct BlockSearch {
    /// A block that was read, with a checksum that is right.
    struct Reading {
        let identifier: UInt64
        /// The row at which the block begins, below `WatermarkGrid.rows`.
        let phase: Int
        /// How far the synchronisation pattern stands out, in standard deviations.
        let score: Float
        /// Code symbols that were received with the wrong sign.
        let errors: Int
        /// The share of what was received that agrees with the code word, from 0 to 1.
        let agreement: Float
        /// The code word.
        let symbols: [Float]
    }

    /// Beginnings that are tried for each fold.
    static let trials = 3
    /// What noise reaches at one of the 768 beginnings about once in 40 folds; less is not worth a decoding.
    private static let lowestScore: Float = 4
    /// Peaks of the search are as wide as a slot is long.
    private static let peakRows = WatermarkGrid.slotRows / 2

    let pattern: WatermarkPattern
    let cellCount: Int
    private let offsets: [Int32]
    private let signs: [Float]

    /// - Parameter cellCount: cells of a row, of those that the grid has.
    init(pattern: WatermarkPattern, cellCount: Int) {
        (self.pattern, self.cellCount) = (pattern, cellCount)
        let cells = pattern.synchronisationCells(below: cellCount)
        signs = cells.map { pattern.signs[$0] }
        offsets = cells.map { cell in
            let (slot, column) = cell.quotientAndRemainder(dividingBy: WatermarkGrid.cells)
            return Int32(slot * WatermarkGrid.slotRows * cellCount + column)
        }
    }

    /// Reads what a fold holds.
    /// - Parameter fold: `WatermarkGrid.rows` rows of `cellCount` cells.
    /// - Returns: the block with a right checksum; `nil` when there is none.
    func read(_ fold: [Float]) -> Reading? {
        for (phase, score) in beginnings(fold) {
            let received = symbols(fold, phase: phase)
            let bits = ConvolutionalCode.decode(received)
            guard let identifier = WatermarkPayload.identifier(of: bits) else { continue }
            let word = ConvolutionalCode.encode(bits)
            let total = received.reduce(0) { $0 + abs($1) }
            let agreeing = zip(received, word).reduce(0) { $0 + max(0, $1.0 * $1.1) }
            return Reading(
                identifier: identifier, phase: phase, score: score, errors: zip(received, word).count { $0 * $1 < 0 },
                agreement: total > 0 ? agreeing / total : 0, symbols: word)
        }
        return nil
    }

    /// The likeliest beginnings of a block, the likeliest first.
    private func beginnings(_ fold: [Float]) -> [(phase: Int, score: Float)] {
        var scores = correlations(fold)
        // The median tells the spread of the noise whatever the peaks are.
        let spread = scores.map(abs).sorted()[scores.count / 2] / 0.6745
        guard spread > 0 else { return [] }
        var found: [(phase: Int, score: Float)] = []
        while found.count < Self.trials, let phase = scores.indices.max(by: { scores[$0] < scores[$1] }) {
            let score = scores[phase] / spread
            guard score >= Self.lowestScore else { break }
            found.append((phase, score))
            for row in phase - Self.peakRows...phase + Self.peakRows {
                scores[(row + scores.count) % scores.count] = -.infinity
            }
        }
        return found
    }

    /// How well the synchronisation pattern fits at each row.
    private func correlations(_ fold: [Float]) -> [Float] {
        let doubled = fold + fold
        return doubled.withUnsafeBufferPointer { doubled in
            offsets.withUnsafeBufferPointer { offsets in
                signs.withUnsafeBufferPointer { signs in
                    (0..<WatermarkGrid.rows).map { phase in
                        let start = doubled.baseAddress! + phase * cellCount
                        var sum: Float = 0
                        for index in 0..<offsets.count {
                            sum += signs[index] * start[Int(offsets[index])]
                        }
                        return sum
                    }
                }
            }
        }
    }

    /// The soft values of the code symbols of the block that begins at a row.
    private func symbols(_ fold: [Float], phase: Int) -> [Float] {
        var symbols = [Float](repeating: 0, count: WatermarkPattern.symbols)
        for slot in 0..<WatermarkGrid.slots {
            let row = (phase + slot * WatermarkGrid.slotRows) % WatermarkGrid.rows * cellCount
            for cell in 0..<cellCount {
                let index = slot * WatermarkGrid.cells + cell
                let role = Int(pattern.roles[index])
                if role >= 0 { symbols[role] += pattern.signs[index] * fold[row + cell] }
            }
        }
        return symbols
    }
}
