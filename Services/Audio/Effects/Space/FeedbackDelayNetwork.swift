import Glibc

/// Eight delay lines fed back through an orthogonal matrix, with a low-pass filter in each.
///
/// Sources: J.-M. Jot and A. Chaigne, "Digital delay networks for designing artificial reverberators", AES 90th Convention,
/// 1991: the gain and the filter of a line from its length and the reverberation times; J. Stautner and M. Puckette,
/// "Designing multi-channel reverberators", Computer Music Journal 6 (1), 1982: the network. The matrix is a Hadamard one.
final class FeedbackDelayNetwork {
    /// Lengths of the lines in milliseconds, roughly geometric, of no common measure.
    private static let delays = [29.83, 34.21, 39.71, 45.07, 50.93, 57.79, 64.61, 72.37]

    private let lengths: SIMD8<Int32>
    private let gains: SIMD8<Float>
    private let damping: SIMD8<Float>
    /// What all lines hold, side by side, as a ring.
    private let ring: UnsafeMutablePointer<SIMD8<Float>>
    private let mask: Int
    private var position = 0
    private var filtered = SIMD8<Float>.zero
    /// Signs with which each channel goes into the lines and comes out of them.
    private let (inward, outward): ([SIMD8<Float>], [SIMD8<Float>])

    init(_ settings: Reverb, _ context: UnitContext) {
        var (lengths, gains, damping) = (SIMD8<Int32>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
        for line in 0..<8 {
            let frames = max(9, context.frames(milliseconds: Self.delays[line] * settings.size))
            lengths[line] = Int32(frames)
            let loss = Self.loss(frames: frames, decay: settings.decay, context.sampleRate)
            gains[line] = Float(loss)
            damping[line] = Self.damping(loss, at: context.frequency(settings.damping), context.sampleRate)
        }
        let capacity = 1 << (Int.bitWidth - Int(lengths.max()).leadingZeroBitCount)
        ring = .allocate(capacity: capacity)
        ring.initialize(repeating: .zero, count: capacity)
        mask = capacity - 1
        // An impulse goes round the lines with the energy g^2 of the turn before, 1 / (1 - g^2) in all; this scale gives the
        // reverberation the energy of the input for any decay.
        let energy = (0..<8).reduce(Float(0)) { $0 + 1 / (1 - gains[$1] * gains[$1]) }
        let level = 1 / (energy * Float(context.channels)).squareRoot()
        inward = (0..<context.channels).map { Self.row($0) }
        // Another row outwards: what is the same in two channels excites half of the lines, and these cancel in the product of
        // two outputs, so that both sides of a single voice differ.
        outward = (0..<context.channels).map { Self.row(($0 << 1 | $0 >> 2) & 7) * level }
        (self.lengths, self.gains, self.damping) = (lengths, gains * Float(0.125).squareRoot(), damping)
    }

    deinit { ring.deallocate() }

    /// What a line leaves of a turn for a fall by 60 dB in `decay` seconds.
    private static func loss(frames: Int, decay: Double, _ sampleRate: Double) -> Double {
        pow(10, -3 * Double(frames) / (decay * sampleRate))
    }

    /// The pole of a one-pole low-pass filter (1 - p) / (1 - p z^-1) whose magnitude at a frequency is `loss`, so that the
    /// decay takes half the time there.
    private static func damping(_ loss: Double, at frequency: Double, _ sampleRate: Double) -> Float {
        // loss^2 (1 - 2 p c + p^2) = (1 - p)^2, solved for p.
        let (c, square) = (cos(2 * .pi * frequency / sampleRate), loss * loss)
        let half = (1 - square * c) / (1 - square)
        return Float(half - (half * half - 1).squareRoot())
    }

    /// A row of the Hadamard matrix of order 8: the sign is the parity of the common bits.
    private static func row(_ index: Int) -> SIMD8<Float> {
        var signs = SIMD8<Float>.zero
        for line in 0..<8 { signs[line] = (index & line).nonzeroBitCount % 2 == 0 ? 1 : -1 }
        return signs
    }

    /// Replaces the block by its reverberation.
    func process(_ block: PlanarBlock) {
        if block.channels == 2 {
            stereo(block.start(0), block.start(1), block.frames)
        } else {
            many(block)
        }
    }

    private func stereo(_ left: UnsafeMutablePointer<Float>, _ right: UnsafeMutablePointer<Float>, _ frames: Int) {
        let (leftIn, rightIn, leftOut, rightOut) = (inward[0], inward[1], outward[0], outward[1])
        for frame in 0..<frames {
            let lines = turn(leftIn * left[frame] + rightIn * right[frame])
            left[frame] = (lines * leftOut).total
            right[frame] = (lines * rightOut).total
        }
    }

    private func many(_ block: PlanarBlock) {
        for frame in 0..<block.frames {
            var input = SIMD8<Float>.zero
            for channel in 0..<block.channels { input += inward[channel] * block.start(channel)[frame] }
            let lines = turn(input)
            for channel in 0..<block.channels { block.start(channel)[frame] = (lines * outward[channel]).total }
        }
    }

    /// One frame: reads the lines, damps them, feeds them back with the input.
    @inline(__always)
    private func turn(_ input: SIMD8<Float>) -> SIMD8<Float> {
        let samples = UnsafeRawPointer(ring).assumingMemoryBound(to: Float.self)
        @inline(__always)
        func read(_ line: Int) -> Float { samples[((position &- Int(lengths[line])) & mask) &* 8 &+ line] }
        let delayed = SIMD8<Float>(read(0), read(1), read(2), read(3), read(4), read(5), read(6), read(7))
        filtered = delayed + (filtered - delayed) * damping
        ring[position & mask] = input + (filtered * gains).hadamard
        position &+= 1
        return filtered
    }
}

extension SIMD8<Float> {
    /// The Hadamard transform, not scaled, in an order of its own: sums and differences of neighbours, three times.
    @inline(__always)
    fileprivate var hadamard: SIMD8<Float> {
        var vector = self
        for _ in 0..<3 {
            let (even, odd) = (vector.evenHalf, vector.oddHalf)
            vector = SIMD8(lowHalf: even + odd, highHalf: even - odd)
        }
        return vector
    }

    @inline(__always)
    fileprivate var total: Float {
        let four = lowHalf + highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }
}
