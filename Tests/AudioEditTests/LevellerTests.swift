import AudioEdit
import Glibc
import TestSupport
import Testing

@Suite(.computing) struct LevellerTests {
    /// LUFS as an energy (ITU-R BS.1770-4).
    private func energy(_ level: Double) -> Double { pow(10, (level + 0.691) / 10) }

    /// Syllables of a speaker: four tenths of a second of sound and one of almost none, at 10 steps a second.
    private func speaker(_ level: Double, seconds: Int) -> [Double] {
        (0..<seconds * 10).map { $0 % 5 == 4 ? energy(level - 22) : energy(level) }
    }

    private func levels(_ energies: [Double], speech: [Float]? = nil) -> ProgrammeLevels {
        ProgrammeLevels(stepSeconds: 0.1, energies: energies, speech: speech)
    }

    private func mean(_ gains: [Double], _ seconds: ClosedRange<Double>) -> Double {
        let part = gains[Int(seconds.lowerBound * 10)..<Int(seconds.upperBound * 10)]
        return part.reduce(0, +) / Double(part.count)
    }

    @Test(arguments: [0.0, 0.5, 1]) func speakersComeTogether(strength: Double) {
        let talk = speaker(-20, seconds: 20) + speaker(-32, seconds: 20)
        let plan = Leveller(strength: strength).plan(for: levels(talk), sampleRate: 48_000)
        let difference = mean(plan.gains, 25...38) - mean(plan.gains, 2...15)
        #expect(abs(difference - 12 * strength) < 0.6, "\(difference)")
        #expect(plan.activeShare > 0.7)
    }

    @Test func gainsStayWithinTheirBounds() {
        let talk = speaker(-12, seconds: 15) + speaker(-45, seconds: 15) + speaker(-20, seconds: 15)
        let plan = Leveller(strength: 1, maximumBoost: 6, maximumCut: 3).plan(for: levels(talk), sampleRate: 48_000)
        #expect(plan.gains.max() ?? 0 <= 6 + 1e-9 && plan.gains.min() ?? 0 >= -3 - 1e-9)
        #expect(mean(plan.gains, 19...26) > 5.9)
    }

    /// What lasts longer than a pause between sentences is not lifted, whatever is said before and behind.
    @Test func pausesNoiseAndBreathAreNotPulledUp() {
        let noise = [Double](repeating: energy(-62), count: 100)
        let breath = (0..<20).map { energy($0 < 4 ? -52 : -62) }
        let talk = speaker(-34, seconds: 10) + noise + breath + speaker(-34, seconds: 10) + speaker(-16, seconds: 20)
        let plan = Leveller(strength: 1).plan(for: levels(talk), sampleRate: 48_000)
        #expect(mean(plan.gains, 3...8) > 8, "quiet speech is raised")
        #expect(mean(plan.gains, 14...18) < 1, "noise is not")
        #expect(!plan.activity[110..<200].contains(true))
        #expect(!plan.activity[200..<204].contains(true), "nor is breath")
    }

    /// With a detector, noise as prominent as quiet speech is left alone.
    @Test func theDetectorIsBelieved() {
        let quiet = speaker(-36, seconds: 10)
        let talk = speaker(-18, seconds: 20) + quiet
        let heard = levels(talk, speech: [Float](repeating: 1, count: 300))
        let unheard = levels(talk, speech: [Float](repeating: 1, count: 200) + [Float](repeating: 0, count: 100))
        #expect(mean(Leveller().plan(for: heard, sampleRate: 8000).gains, 23...29) > 8)
        #expect(mean(Leveller().plan(for: unheard, sampleRate: 8000).gains, 27...29) < 2)
    }

    @Test func slopesAreBoundedAndLookAhead() {
        let talk = speaker(-36, seconds: 20) + speaker(-16, seconds: 20) + speaker(-36, seconds: 20)
        let gains = Leveller(strength: 1).plan(for: levels(talk), sampleRate: 48_000).gains
        for (a, b) in zip(gains, gains.dropFirst()) { #expect(b - a <= 0.85 && a - b <= 1.65) }
        #expect(gains[198] < mean(gains, 10...15) - 4, "it goes down before the loud part begins")
        #expect(gains[204] < mean(gains, 25...35) + 2)
    }

    @Test(arguments: [[], [0], [0, 0, 0], [1e-12], [.infinity], [1, 1]] as [[Double]]) func oddProgrammes(energies: [Double]) {
        let plan = Leveller().plan(for: levels(energies), sampleRate: 8000)
        #expect(plan.gains.count == energies.count)
        #expect(plan.gains.allSatisfy { abs($0) < 1e-9 })
        #expect(plan.curve.gain(at: 0) == 1)
    }

    @Test func curvesAreAppliedToTheSample() {
        let curve = GainCurve(stepFrames: 100, gains: [1, 2, 2, 0.5])
        var whole = [Float](repeating: 1, count: 500)
        whole.withUnsafeMutableBufferPointer { curve.apply(to: [$0], at: 0) }
        for frame in whole.indices { #expect(abs(whole[frame] - curve.gain(at: frame)) < 1e-5) }
        #expect(whole[50] == 1.5 && whole[150] == 2 && abs(whole[499] - 0.5) < 1e-6)
        var pieces = [Float](repeating: 1, count: 500)
        pieces.withUnsafeMutableBufferPointer { samples in
            var (start, length) = (0, 1)
            while start < 500 {
                let end = min(500, start + length)
                curve.apply(to: [UnsafeMutableBufferPointer(rebasing: samples[start..<end])], at: start)
                (start, length) = (end, length * 3 % 67 + 1)
            }
        }
        for frame in whole.indices { #expect(abs(whole[frame] - pieces[frame]) < 1e-5) }
    }
}
