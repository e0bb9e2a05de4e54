import Glibc
package import AudioText

/// Finds the pauses of a recording: what is far under its speech and no speech itself.
package struct SilenceFinder: Sendable, Hashable {
    /// Pauses of so many seconds or more are found.
    package var shortest: Double
    /// What is under this level may be a pause, dBFS; `nil` takes `depth` under the recording's own level, or a little above
    /// its noise floor when that is higher.
    package var threshold: Double?

    /// dB under the mean level of what is loud.
    private static let depth = 26.0
    /// How far the noise floor may reach over its own tenth percentile, dB.
    private static let noiseSpread = 6.0
    /// Noise nearer to the speech than this is not told from it by level, dB.
    private static let leastDistance = 12.0
    /// Single clicks do not end a pause, seconds.
    private static let click = 0.03

    /// - Parameters: as the properties.
    package init(shortest: Double = 0.8, threshold: Double? = nil) {
        (self.shortest, self.threshold) = (max(0, shortest), threshold)
    }

    /// The pauses in order; none in a recording without anything loud, which has nothing to shorten pauses between.
    /// - Parameters:
    ///   - track: the energy of the recording, in steps of about 10 ms.
    ///   - speech: the probability of speech over time, from 0 to 1; `nil` goes by level alone.
    package func pauses(in track: EnergyTrack, speech: SpeechCurve? = nil) -> [TimeRange] {
        let levels = track.energies.map { $0 > 0 ? 10 * log10(Double($0)) : -.infinity }
        let limit = threshold ?? Self.automaticThreshold(levels)
        guard levels.contains(where: { $0 > max(limit, -70) }) else { return [] }
        let step = track.stepSeconds
        var quiet = levels.indices.map { index in
            levels[index] <= limit && (speech?.isSilent(at: (Double(index) + 0.5) * step) ?? true)
        }
        Self.close(&quiet, shorterThan: Int((Self.click / step).rounded()))
        let duration = Double(track.frames) / Double(track.sampleRate)
        return Self.runs(quiet).compactMap { run in
            let range = TimeRange(start: Double(run.lowerBound) * step, end: min(duration, Double(run.upperBound) * step))
            return range.duration >= shortest ? range : nil
        }
    }

    private static func automaticThreshold(_ levels: [Double]) -> Double {
        let heard = levels.filter { $0 > -90 }.sorted()
        guard !heard.isEmpty else { return -90 }
        // The mean power of the louder half is the level of the speech.
        let loud = heard[(heard.count / 2)...]
        let level = 10 * log10(loud.reduce(0) { $0 + pow(10, $1 / 10) } / Double(loud.count))
        let floor = heard[heard.count / 10] + noiseSpread
        return min(level - leastDistance, max(level - depth, floor))
    }

    /// Sets what is unset between two quiet parts for less than so many steps.
    private static func close(_ flags: inout [Bool], shorterThan limit: Int) {
        var start: Int?
        for index in flags.indices {
            if flags[index] {
                if let first = start, first > 0, index - first < limit { for gap in first..<index { flags[gap] = true } }
                start = nil
            } else if start == nil {
                start = index
            }
        }
    }

    private static func runs(_ flags: [Bool]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        for (index, flag) in flags.enumerated() {
            if flag {
                start = start ?? index
            } else if let first = start {
                runs.append(first..<index)
                start = nil
            }
        }
        if let start { runs.append(start..<flags.count) }
        return runs
    }
}
