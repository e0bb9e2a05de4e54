import CEBUR128

/// Loudness by EBU R 128 and ITU-R BS.1770-4, through libebur128.
///
/// Momentary and short-term maxima are taken every 100 ms (EBU Tech 3341 asks for 10 Hz at least) from the energies of 100 ms
/// steps, since asking the library for a three-second window at each step would sum every sample thirty times.
package struct LoudnessMeter: ~Copyable {
    private let state: UnsafeMutablePointer<ebur128_state>
    private let channels: Int
    private let stepFrames: Int
    private var framesInStep = 0
    private var steps: [Double]
    private var stepsSeen = 0
    private var momentaryEnergy = 0.0
    private var shortTermEnergy = 0.0

    private static let momentarySteps = 4
    private static let shortTermSteps = 30

    /// - Parameters:
    ///   - channels: what each channel is, in the order of the samples.
    ///   - sampleRate: Hz.
    /// - Throws: `LoudnessError.unmeasurable` when the library takes no such signal.
    package init(channels roles: [LoudnessChannel], sampleRate: Int) throws(LoudnessError) {
        let mode = Int32(EBUR128_MODE_I.rawValue | EBUR128_MODE_LRA.rawValue)
        guard !roles.isEmpty, let state = ebur128_init(UInt32(roles.count), UInt(sampleRate), mode) else {
            throw .unmeasurable(channels: roles.count, sampleRate: sampleRate)
        }
        for (index, role) in roles.enumerated() {
            ebur128_set_channel(state, UInt32(index), role.libraryValue)
        }
        self.state = state
        channels = roles.count
        stepFrames = Loudness.stepFrames(sampleRate: sampleRate)
        steps = Array(repeating: 0, count: Self.shortTermSteps)
    }

    deinit {
        var state: UnsafeMutablePointer<ebur128_state>? = self.state
        ebur128_destroy(&state)
    }

    /// Takes in frames with their channels interleaved.
    /// - Throws: `LoudnessError.outOfMemory`.
    package mutating func process(_ interleaved: UnsafeBufferPointer<Float>) throws(LoudnessError) {
        guard var next = interleaved.baseAddress else { return }
        var remaining = interleaved.count / channels
        while remaining > 0 {
            let part = min(remaining, stepFrames - framesInStep)
            guard ebur128_add_frames_float(state, next, part) == Int32(EBUR128_SUCCESS.rawValue) else { throw .outOfMemory }
            next += part * channels
            remaining -= part
            framesInStep += part
            if framesInStep == stepFrames {
                framesInStep = 0
                endStep()
            }
        }
    }

    /// The weighted energy of the last millisecond: the mean squares of the K-weighted channels, summed with their weights.
    package func energyOfLastMillisecond() -> Double { energy(milliseconds: 1) }

    /// The gated loudness of the whole, LUFS; minus infinity when no block passes the gates.
    package func integrated() -> Double {
        var value = -Double.infinity
        ebur128_loudness_global(state, &value)
        return value
    }

    /// The loudness range by EBU Tech 3342, LU.
    /// - Throws: `LoudnessError.outOfMemory`.
    package func range() throws(LoudnessError) -> Double {
        var value = 0.0
        guard ebur128_loudness_range(state, &value) == Int32(EBUR128_SUCCESS.rawValue) else { throw .outOfMemory }
        return value
    }

    /// The loudest 400 ms, LUFS; minus infinity before there are as many.
    package var momentaryMaximum: Double { Loudness.level(momentaryEnergy) }

    /// The loudest three seconds, LUFS; minus infinity before there are as many.
    package var shortTermMaximum: Double { Loudness.level(shortTermEnergy) }

    private func energy(milliseconds: UInt) -> Double {
        var value = -Double.infinity
        ebur128_loudness_window(state, milliseconds, &value)
        return Loudness.energy(value)
    }

    private mutating func endStep() {
        steps[stepsSeen % Self.shortTermSteps] = energy(milliseconds: 100)
        stepsSeen += 1
        momentaryEnergy = max(momentaryEnergy, meanOfLast(Self.momentarySteps))
        shortTermEnergy = max(shortTermEnergy, meanOfLast(Self.shortTermSteps))
    }

    private func meanOfLast(_ count: Int) -> Double {
        guard stepsSeen >= count else { return 0 }
        let sum = (stepsSeen - count..<stepsSeen).reduce(0) { $0 + steps[$1 % Self.shortTermSteps] }
        return sum / Double(count)
    }
}
