import Metering

/// The course of a programme, block by block of about a millisecond: how loud it is and how high it peaks.
///
/// It is what a limiter needs to know ahead, so that a programme can be planned after one decode and treated in a second
/// without measuring it again. Values are kept as the upper half of a float (8 significant bits), 4 bytes a block: 2.4 MB for
/// ten minutes at 48 kHz.
package struct LoudnessProfile: Sendable {
    /// Frames of one block.
    package let blockFrames: Int
    /// Hz.
    package let sampleRate: Int
    private var peakBits: [UInt16] = []
    private var energyBits: [UInt16] = []

    init(blockFrames: Int, sampleRate: Int) {
        self.blockFrames = blockFrames
        self.sampleRate = sampleRate
    }

    /// Makes room at once for the peaks or the energies of a programme, which would otherwise move again and again as they grow.
    mutating func reserve(peaks: Int = 0, energies: Int = 0) {
        peakBits.reserveCapacity(peaks)
        energyBits.reserveCapacity(energies)
    }

    /// Blocks whose peak is known.
    package var count: Int { peakBits.count }

    /// - Parameter peak: the block's largest true-peak magnitude; rounded up, by at most 0.07 dB.
    mutating func append(peak: Float) {
        let upper = peak.bitPattern >> 16
        peakBits.append(UInt16(truncatingIfNeeded: peak.bitPattern & 0xFFFF == 0 ? upper : upper + 1))
    }

    /// - Parameter energy: the block's weighted mean square, as `LoudnessMeter.energyOfLastMillisecond` gives it.
    mutating func append(energy: Double) {
        let bits = Float(min(energy, 1e30)).bitPattern
        energyBits.append(UInt16(truncatingIfNeeded: (bits &+ 0x8000) >> 16))
    }

    /// Takes over the energies of a profile made beside this one.
    mutating func takeEnergies(of other: LoudnessProfile) { energyBits = other.energyBits }

    func peak(_ block: Int) -> Float { Float(bitPattern: UInt32(peakBits[block]) << 16) }

    /// The block's energy; 0 past the last one measured.
    func energy(_ block: Int) -> Double {
        block < energyBits.count ? Double(Float(bitPattern: UInt32(energyBits[block]) << 16)) : 0
    }

    /// The gated loudness by ITU-R BS.1770-4 of the programme under a gain curve, in LUFS.
    ///
    /// It is an estimate, to be used for differences: the blocks do not fall on the standard's 100 ms grid exactly at every
    /// sample rate, and a gain that moves within a block counts by its mean square.
    /// - Parameters:
    ///   - gain: amplitude ratio applied throughout.
    ///   - curve: the limiter's gains; `nil` when it does not engage.
    package func integratedLoudness(gain: Double, curve: LimiterCurve?) -> Double {
        let stepFrames = Loudness.stepFrames(sampleRate: sampleRate)
        var steps: [Double] = []
        steps.reserveCapacity(count * blockFrames / stepFrames + 1)
        var sum = 0.0
        var blocks = 0
        var stepEnd = stepFrames
        for block in 0..<count {
            if block * blockFrames >= stepEnd {
                steps.append(sum / Double(blocks))
                (sum, blocks, stepEnd) = (0, 0, stepEnd + stepFrames)
            }
            sum += energy(block) * (curve?.meanSquare(block) ?? 1)
            blocks += 1
        }
        return Loudness.gated(steps: steps, gain: gain * gain)
    }
}
