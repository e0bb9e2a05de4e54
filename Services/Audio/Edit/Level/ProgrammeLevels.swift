/// How loud a programme is over time, and where somebody speaks: what a `Leveller` plans from.
package struct ProgrammeLevels: Sendable, Hashable {
    /// Seconds of one step.
    package let stepSeconds: Double
    /// K-weighted mean squares (ITU-R BS.1770-4) of the steps.
    package let energies: [Double]
    /// The probability of speech in each step, from 0 to 1; `nil` when no detector has listened.
    package let speech: [Float]?

    /// - Parameters:
    ///   - stepSeconds: as the property, more than 0; a tenth of a second is good.
    ///   - energies: as the property.
    ///   - speech: as the property, with one value for each step; steps beyond its end hold no speech.
    package init(stepSeconds: Double, energies: [Double], speech: [Float]? = nil) {
        (self.stepSeconds, self.energies) = (stepSeconds, energies)
        self.speech = speech.map { known in
            Array(known.prefix(energies.count)) + [Float](repeating: 0, count: max(0, energies.count - known.count))
        }
    }

    /// The steps that carry the programme: speech, or what is as loud as speech. Pauses, breath and noise do not.
    ///
    /// A step counts when it passes the absolute gate of ITU-R BS.1770-4 (-70 LUFS), is within `localGate` of the loudest moment
    /// near by, which tells breath from words of the same person, and is either speech by the detector, or stands out from the
    /// noise floor near by, or is as loud as the programme as a whole. The noise floor is the least of the levels of some
    /// seconds (R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics",
    /// IEEE Transactions on Speech and Audio Processing 9 (5), 2001).
    var activity: [Bool] {
        let smooth = energies.movingMean(radius: 1)
        let reach = max(1, Int((Self.neighbourhood / stepSeconds).rounded()))
        let floors = energies.slidingExtremum(radius: reach, by: <)
        let peaks = smooth.slidingExtremum(radius: reach, by: >)
        let whole = Self.gatedMean(energies)
        return energies.indices.map { step in
            let energy = smooth[step]
            guard energy > Self.absoluteGate, energy > peaks[step] * Self.localGate else { return false }
            if energy > whole * Self.programmeGate { return true }
            guard let speech else { return energy > floors[step] * Self.prominence }
            return speech[step] >= 0.5 && energy > floors[step] * Self.spokenProminence
        }
    }

    /// The mean energy above -70 LUFS and above 10 LU under what passes that (ITU-R BS.1770-4, Annex 1), on single steps.
    static func gatedMean(_ energies: some Sequence<Double>) -> Double {
        let passing = energies.filter { $0 > absoluteGate }
        guard !passing.isEmpty else { return 0 }
        let gate = passing.reduce(0, +) / Double(passing.count) / 10
        let loud = passing.filter { $0 > gate }
        return loud.isEmpty ? 0 : loud.reduce(0, +) / Double(loud.count)
    }

    /// -70 LUFS as an energy.
    static let absoluteGate = 1.172e-7
    /// Seconds to either side that are near by: longer than a sentence without a pause.
    private static let neighbourhood = 4.0
    /// 15 LU: breath is about 20 to 30 LU under the words around it.
    private static let localGate = 0.0316
    /// 8 LU under the programme.
    private static let programmeGate = 0.158
    /// 10 LU over the noise floor.
    private static let prominence = 10.0
    /// 4 LU: a detector has already told speech from noise.
    private static let spokenProminence = 2.5
}

extension [Double] {
    /// The mean of each value and `radius` neighbours to either side, as far as they exist.
    func movingMean(radius: Int) -> [Double] {
        indices.map { index in
            let range = Swift.max(0, index - radius)...Swift.min(count - 1, index + radius)
            return self[range].reduce(0, +) / Double(range.count)
        }
    }

    /// The first in order of each value and `radius` neighbours to either side.
    ///
    /// A deque of candidates gives each in constant time (D. Lemire, "Streaming maximum-minimum filter using no more than three
    /// comparisons per element", Nordic Journal of Computing 13 (4), 2006).
    func slidingExtremum(radius: Int, by precedes: (Double, Double) -> Bool) -> [Double] {
        var result = self
        var candidates: [Int] = []
        var first = 0
        for incoming in 0..<count + radius {
            if incoming < count {
                while candidates.count > first, !precedes(self[candidates[candidates.count - 1]], self[incoming]) {
                    candidates.removeLast()
                }
                candidates.append(incoming)
            }
            let centre = incoming - radius
            guard centre >= 0 else { continue }
            while candidates[first] < centre - radius { first += 1 }
            result[centre] = self[candidates[first]]
        }
        return result
    }
}
