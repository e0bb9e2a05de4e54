/// What each cell of a block is for, drawn from the key: a part of the known synchronisation pattern, or one of the repetitions
/// of a code symbol, and in either case a pseudo-random sign.
///
/// The repetitions of each symbol are spread over the whole block in time and frequency, so that neither a gap nor a filter
/// takes a symbol away. They are drawn separately among the cells up to 3,500 Hz and above, so that audio of 8 kHz has its
/// even share of every symbol.
struct WatermarkPattern {
    /// One cell in so many is for synchronisation.
    static let synchronisationShare = 7
    static let symbols = ConvolutionalCode.symbolCount(bits: WatermarkPayload.bits)
    private static let synchronisation: Int16 = -1

    /// For each cell, slot by slot, the code symbol that it repeats; -1 for synchronisation.
    let roles: [Int16]
    /// For each cell, slot by slot, +1 or -1.
    let signs: [Float]

    /// - Parameter key: 1 to 4,096 bytes; 16 random bytes are beyond guessing.
    /// - Throws: `WatermarkError.key`.
    init(key: [UInt8]) throws(WatermarkError) {
        guard (1...4096).contains(key.count) else { throw .key(key.count) }
        var order = KeyedSequence(key: key, label: "audio watermark 1 order")
        var roles = [Int16](repeating: Self.synchronisation, count: WatermarkGrid.slots * WatermarkGrid.cells)
        for part in [0..<WatermarkGrid.telephoneCells, WatermarkGrid.telephoneCells..<WatermarkGrid.cells] {
            var cells = (0..<WatermarkGrid.slots).flatMap { slot in part.map { slot * WatermarkGrid.cells + $0 } }
            order.shuffle(&cells)
            for (index, cell) in cells.dropFirst(cells.count / Self.synchronisationShare).enumerated() {
                roles[cell] = Int16(index % Self.symbols)
            }
        }
        self.roles = roles
        var random = KeyedSequence(key: key, label: "audio watermark 1 signs")
        signs = roles.map { _ in random.next() & 1 == 1 ? 1 : -1 }
    }

    /// The cells of the synchronisation pattern.
    func synchronisationCells(below cellCount: Int) -> [Int] {
        roles.indices.filter { roles[$0] == Self.synchronisation && $0 % WatermarkGrid.cells < cellCount }
    }

    /// The signs of all cells of a block that carries a message: +1 where amplitudes go up.
    /// - Parameter symbols: as `ConvolutionalCode.encode` gives them.
    func chips(symbols: [Float]) -> [Float] {
        zip(roles, signs).map { $0 == Self.synchronisation ? $1 : $1 * symbols[Int($0)] }
    }
}
