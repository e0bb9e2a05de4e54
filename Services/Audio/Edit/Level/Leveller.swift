import Glibc

/// Rides the gain of a programme as an engineer at the fader does, so that quiet and loud speakers come out alike.
///
/// The loudness of what is said is followed over three seconds, the short-term window of EBU R 128, with pauses, breath and noise
/// left out; the gain brings it towards the programme's own level. Since the whole programme is known the window is centred: the
/// gain looks ahead as far as it looks back. Falling gain is complete when the loud part begins and rising gain begins after it,
/// both with bounded slope, so that nothing is heard to pump. In pauses the gain is held, and boosts are given back when a pause
/// lasts.
///
/// Sources: EBU Tech 3341 for the window; D. Giannoulis, M. Massberg, J. Reiss, "Parameter automation in a dynamic range
/// compressor", Journal of the AES 61 (10), 2013, for gain that follows gated loudness; ITU-R BS.1770-4 for gates and weighting.
package struct Leveller: Sendable, Hashable {
    /// How much of a difference is taken away, from 0 (none) to 1 (all of it).
    package var strength: Double
    /// The most by which something is raised, dB.
    package var maximumBoost: Double
    /// The most by which something is lowered, dB.
    package var maximumCut: Double

    /// Half the window of the level, seconds.
    private static let reach = 1.5
    /// Seconds from which on boosts are given back in a pause, and the time constant with which they are.
    private static let hold = (start: 0.8, decay: 1.5)
    /// The fastest rise and fall of the gain, dB/s.
    private static let slope = (rise: 8.0, fall: 16.0)
    /// Less than this share of a window is no ground for an estimate.
    private static let evidence = 0.06

    /// - Parameters: as the properties.
    package init(strength: Double = 0.8, maximumBoost: Double = 12, maximumCut: Double = 12) {
        (self.strength, self.maximumBoost, self.maximumCut) = (strength, max(0, maximumBoost), max(0, maximumCut))
    }

    /// The gain over the whole programme.
    /// - Parameters:
    ///   - levels: of the whole programme.
    ///   - sampleRate: Hz.
    package func plan(for levels: ProgrammeLevels, sampleRate: Int) -> LevellingPlan {
        let activity = levels.activity
        let target = ProgrammeLevels.gatedMean(zip(levels.energies, activity).lazy.filter(\.1).map(\.0))
        let wanted = wantedGains(levels, activity, target: target)
        let held = Self.released(Self.filled(wanted), activity, levels.stepSeconds)
        let gains = Self.smoothed(Self.slewed(held, levels.stepSeconds), levels.stepSeconds)
        return LevellingPlan(
            gains: gains, activity: activity, stepFrames: max(1, Int((levels.stepSeconds * Double(sampleRate)).rounded())))
    }

    /// The gain in dB that each step should have by itself; `nil` where too little is said near by.
    private func wantedGains(_ levels: ProgrammeLevels, _ activity: [Bool], target: Double) -> [Double?] {
        let reach = max(1, Int((Self.reach / levels.stepSeconds).rounded()))
        let window = (-reach...reach).map { 0.5 + 0.5 * cos(.pi * Double($0) / Double(reach + 1)) }
        let whole = window.reduce(0, +)
        let energies = levels.energies
        return energies.indices.map { step -> Double? in
            let range = max(0, step - reach)...min(energies.count - 1, step + reach)
            func mean(above gate: Double) -> (energy: Double, weight: Double) {
                var (sum, weight) = (0.0, 0.0)
                for index in range where activity[index] && energies[index] >= gate {
                    let share = window[index - step + reach]
                    sum += share * energies[index]
                    weight += share
                }
                return (weight > 0 ? sum / weight : 0, weight)
            }
            let rough = mean(above: 0)
            guard rough.weight >= Self.evidence * whole, target > 0 else { return nil }
            // The relative gate of the standard, applied near by.
            let level = mean(above: rough.energy / 10).energy
            return min(maximumBoost, max(-maximumCut, strength * 10 * log10(target / level)))
        }
    }

    /// Gains for every step, on a straight line where there is none; 0 where there is none at all.
    private static func filled(_ gains: [Double?]) -> [Double] {
        var result = [Double](repeating: 0, count: gains.count)
        var before: (step: Int, gain: Double)?
        for (step, gain) in gains.enumerated() {
            guard let gain else {
                result[step] = before?.gain ?? 0
                continue
            }
            let left = before ?? (-1, gain)
            for between in left.step + 1..<step {
                result[between] = left.gain + (gain - left.gain) * Double(between - left.step) / Double(step - left.step)
            }
            result[step] = gain
            before = (step, gain)
        }
        return result
    }

    /// Boosts given back with the distance from what is said: noise in a long pause is not to come up.
    private static func released(_ gains: [Double], _ activity: [Bool], _ stepSeconds: Double) -> [Double] {
        var distances = [Int](repeating: .max, count: gains.count)
        for order in [Array(gains.indices), gains.indices.reversed()] {
            var last: Int?
            for step in order {
                if activity[step] { last = step }
                if let last { distances[step] = min(distances[step], abs(step - last)) }
            }
        }
        return zip(gains, distances).map { gain, distance in
            gain > 0 ? gain * exp(-max(0, Double(distance) * stepSeconds - hold.start) / hold.decay) : gain
        }
    }

    /// The largest course under the gains whose slopes are bounded.
    private static func slewed(_ gains: [Double], _ stepSeconds: Double) -> [Double] {
        var result = gains
        for step in result.indices.dropFirst() {
            result[step] = min(result[step], result[step - 1] + slope.rise * stepSeconds)
        }
        for step in result.indices.dropLast().reversed() {
            result[step] = min(result[step], result[step + 1] + slope.fall * stepSeconds)
        }
        return result
    }

    /// Corners rounded over a few tenths of a second.
    private static func smoothed(_ gains: [Double], _ stepSeconds: Double) -> [Double] {
        let radius = max(1, Int((0.15 / stepSeconds).rounded()))
        return gains.movingMean(radius: radius).movingMean(radius: radius)
    }
}
