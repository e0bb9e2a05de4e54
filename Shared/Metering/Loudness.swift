import Glibc

/// Levels and energies, by ITU-R BS.1770-4.
package enum Loudness {
    /// LUFS of a weighted energy; the constant makes a 997 Hz sine at full scale in one front channel read -3.01 LUFS.
    package static func level(_ energy: Double) -> Double {
        energy > 0 ? 10 * log10(energy) - 0.691 : -.infinity
    }

    /// The weighted energy of a loudness in LUFS.
    package static func energy(_ level: Double) -> Double {
        level > -.infinity ? pow(10, (level + 0.691) / 10) : 0
    }

    /// Frames of the 100 ms by which gating blocks advance, as libebur128 rounds them.
    package static func stepFrames(sampleRate: Int) -> Int { (sampleRate + 5) / 10 }

    /// Decibels of an amplitude ratio.
    package static func decibels(_ amplitude: Double) -> Double {
        amplitude > 0 ? 20 * log10(amplitude) : -.infinity
    }

    /// The amplitude ratio of decibels.
    package static func amplitude(_ decibels: Double) -> Double { pow(10, decibels / 20) }
}

extension Loudness {
    /// Integrated loudness from the energies of 100 ms steps: blocks of 400 ms overlapping by 75 %, an absolute gate at
    /// -70 LUFS, then a relative one 10 LU under the mean of what passed (ITU-R BS.1770-4, Annex 1).
    /// - Parameter gain: a factor on every energy.
    package static func gated(steps: [Double], gain: Double) -> Double {
        guard steps.count >= 4 else { return -.infinity }
        let blocks = (3..<steps.count).map { gain * (steps[$0] + steps[$0 - 1] + steps[$0 - 2] + steps[$0 - 3]) / 4 }
        let absolute = mean(blocks, above: energy(-70))
        return level(mean(blocks, above: max(energy(-70), absolute / 10)))
    }

    private static func mean(_ values: [Double], above gate: Double) -> Double {
        var sum = 0.0
        var count = 0
        for value in values where value >= gate {
            sum += value
            count += 1
        }
        return count > 0 ? sum / Double(count) : 0
    }
}
