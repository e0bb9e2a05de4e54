/// All-pass filters in a row, which turn one reflection into many (M. R. Schroeder, "Natural sounding artificial
/// reverberation", JAES 10 (3), 1962). Two channels at a time.
final class Diffuser {
    /// Delays in milliseconds; no two have a common measure near the length of a frame.
    private static let delays = [4.77, 3.59, 12.73, 9.31]
    private static let gains: [Float] = [0.7, 0.7, 0.6, 0.6]

    private let lengths: [Int]
    private let pairs: Int
    /// By pair, then by filter.
    private let lines: [UnsafeMutablePointer<SIMD2<Float>>]
    private var positions: [Int]
    private let spare: UnsafeMutablePointer<Float>

    init(size: Double, _ context: UnitContext) {
        let lengths = Self.delays.map { max(1, context.frames(milliseconds: $0 * size)) }
        self.lengths = lengths
        pairs = (context.channels + 1) / 2
        lines = (0..<pairs * lengths.count).map { index in
            let count = lengths[index % lengths.count]
            let line = UnsafeMutablePointer<SIMD2<Float>>.allocate(capacity: count)
            line.initialize(repeating: .zero, count: count)
            return line
        }
        positions = Array(repeating: 0, count: lines.count)
        spare = .allocate(capacity: PlanarStorage.blockFrames)
        spare.initialize(repeating: 0, count: PlanarStorage.blockFrames)
    }

    deinit {
        for line in lines { line.deallocate() }
        spare.deallocate()
    }

    func process(_ block: PlanarBlock) {
        for pair in 0..<pairs {
            let left = block.start(2 * pair)
            let right = 2 * pair + 1 < block.channels ? block.start(2 * pair + 1) : spare
            for filter in 0..<lengths.count {
                let (line, length, gain) = (lines[pair * lengths.count + filter], lengths[filter], Self.gains[filter])
                var position = positions[pair * lengths.count + filter]
                for frame in 0..<block.frames {
                    let delayed = line[position]
                    let input = SIMD2(left[frame], right[frame]) + delayed * gain
                    line[position] = input
                    let output = delayed - input * gain
                    left[frame] = output.x
                    right[frame] = output.y
                    position += 1
                    if position == length { position = 0 }
                }
                positions[pair * lengths.count + filter] = position
            }
        }
    }
}
