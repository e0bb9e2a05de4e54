import AudioAPI
import AudioEdit
import AudioText
import Glibc
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct CutTests {
    private func splice(_ samples: [Float], _ plan: SplicePlan, chunk: Int = 37) throws -> [Float] {
        let splicer = Splicer(kept: plan.audible, crossfade: plan.crossfade, total: plan.total, channels: 1)
        var result: [Float] = []
        try samples.withUnsafeBufferPointer { samples in
            for start in stride(from: 0, to: samples.count, by: chunk) {
                let part = UnsafeBufferPointer(rebasing: samples[start..<min(samples.count, start + chunk)])
                try splicer.process([part]) { result += $0[0] }
            }
        }
        #expect(splicer.outputFrames == result.count)
        return result
    }

    private func plan(_ total: Int, _ cuts: [Range<Int>], crossfade: Int) throws -> SplicePlan {
        try SplicePlan(total: total, sampleRate: 1000, cuts: cuts.map { .init($0, .range) }, crossfade: crossfade)
    }

    @Test(arguments: [1e300, -1e300, .infinity, .nan, 1e18]) func quietestMomentOfAnyTime(_ time: Double) throws {
        var track = EnergyTrack(sampleRate: 1000)
        try [Float](repeating: 0.5, count: 100).withUnsafeBufferPointer { try track.process([$0]) }
        let found = track.quietestMoment(near: time, within: 0.06)
        #expect(found == time || (0...0.1).contains(found) || found.isNaN)
    }

    /// Away from the seams each sample is the recording's own, moved by what was cut before it.
    @Test(arguments: [0, 8, 20], [1, 37, 5000]) func samplesAreExact(crossfade: Int, chunk: Int) throws {
        let samples = (0..<2000).map(Float.init)
        let plan = try plan(2000, [300..<400, 900..<1000, 1000..<1100], crossfade: crossfade)
        let result = try splice(samples, plan, chunk: chunk)
        #expect(result.count == 1700 && plan.outputFrames == 1700)
        var removed = 0
        for range in plan.kept {
            removed = range.lowerBound == 0 ? 0 : range.lowerBound == 400 ? 100 : 300
            for frame in range.lowerBound + (removed > 0 ? crossfade : 0)..<range.upperBound - crossfade {
                #expect(result[frame - removed] == samples[frame])
            }
        }
    }

    /// Parts that have nothing to do with each other keep their power: the weights' squares sum to 1.
    @Test func crossfadesKeepThePower() throws {
        let plan = try plan(1000, [400..<600], crossfade: 100)
        let ones = [Float](repeating: 1, count: 1000)
        let left = try splice(ones.indices.map { $0 < 500 ? 1 : 0 }, plan)
        let right = try splice(ones.indices.map { $0 < 500 ? 0 : 1 }, plan)
        for index in left.indices { #expect(abs(left[index] * left[index] + right[index] * right[index] - 1) < 1e-5) }
        #expect(left[449] < 0.05 && left[350] > 0.99, "the seam's middle is where the cut is")
        #expect(abs(left[400] - right[400]) < 0.02)
    }

    @Test func outerEdgesAreFaded() throws {
        let result = try splice([Float](repeating: 1, count: 1000), plan(1000, [0..<200, 800..<1000], crossfade: 40))
        #expect(result.count == 600)
        #expect(result[0] < 0.1 && result[599] < 0.1 && result[300] == 1)
    }

    @Test(
        arguments: [
            ([], [[0, 1000]]), ([[100, 300], [200, 400]], [[0, 100], [400, 1000]]), ([[100, 105]], [[0, 1000]]),
            ([[100, 200], [205, 300]], [[0, 100], [300, 1000]]), ([[4, 50]], [[50, 1000]]), ([[950, 995]], [[0, 950]]),
            ([[-5, 50], [990, 2000]], [[50, 990]]),
        ] as [([[Int]], [[Int]])])
    func cutsAreMerged(cuts: [[Int]], kept: [[Int]]) throws {
        let plan = try plan(1000, cuts.map { $0[0]..<$0[1] }, crossfade: 10)
        #expect(plan.kept.map { [$0.lowerBound, $0.upperBound] } == kept)
    }

    @Test func somethingHasToStay() throws {
        #expect(throws: EditError.nothingLeft) { try plan(1000, [0..<1000], crossfade: 10) }
        #expect(throws: EditError.nothingLeft) { try plan(1000, [3..<500, 505..<998], crossfade: 10) }
        let empty = try plan(1, [], crossfade: 10)
        #expect(try splice([0.5], empty) == [0.5])
    }

    @Test func listsMapTimesAndComeBack() throws {
        let plan = try plan(10_000, [2000..<3000, 5000..<8000], crossfade: 20)
        let document = plan.document
        #expect(document["result_duration_seconds"]?.doubleValue == 6)
        #expect(document["keep"]?[2]?["result_start_frame"] == 4000 && document["keep"]?[2]?["start_frame"] == 8000)
        #expect(document["remove"]?[0]?["reason"] == "range")
        let again = try RangeDocument(document).cuts(duration: 10).map {
            SplicePlan.Cut(Int(($0.start * 1000).rounded())..<Int(($0.end * 1000).rounded()), .range)
        }
        #expect(try SplicePlan(total: 10_000, sampleRate: 1000, cuts: again, crossfade: 20) == plan)
    }

    @Test func transcriptsFollow() throws {
        let words = [("one", 1.0), ("um", 2.2), ("two", 4.0)].map { TranscriptWord(text: $0.0, start: $0.1, end: $0.1 + 0.4) }
        let talk = Transcript(
            duration: 10, segments: [TranscriptSegment(id: 0, start: 1, end: 4.4, text: words.joinedText, words: words)])
        let edited = try plan(10_000, [2000..<3000], crossfade: 20).edited(talk)
        #expect(edited.text == "one two" && edited.duration == 9)
        #expect(abs(edited.words[1].start - 3) < 1e-9)
    }

    @Test func decisionListsAddUp() throws {
        let plan = try plan(10_000, [2010..<3000, 5000..<8000], crossfade: 20)
        let text = try #require(EditDecisionList.text(plan, title: "talk\nx.wav", picturesPerSecond: 25))
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "TITLE: talkx.wav" && lines[1] == "FCM: NON-DROP FRAME")
        #expect(lines[2] == "001  AX       AA    C        00:00:00:00 00:00:02:00 00:00:00:00 00:00:02:00")
        #expect(lines[3] == "002  AX       AA    C        00:00:03:00 00:00:05:00 00:00:02:00 00:00:04:00")
        #expect(lines[4] == "003  AX       AA    C        00:00:08:00 00:00:10:00 00:00:04:00 00:00:06:00")
        let many = (0..<1100).map { $0 * 10 + 5..<$0 * 10 + 8 }
        #expect(EditDecisionList.text(try self.plan(11_000, many, crossfade: 0), title: "", picturesPerSecond: 25) == nil)
    }

    /// Sound of one loudness with quieter stretches, at 8 kHz.
    private func track(_ parts: [(level: Double, seconds: Double)]) throws -> EnergyTrack {
        var track = EnergyTrack(sampleRate: 8000)
        for part in parts {
            let amplitude = Float(pow(10, part.level / 20))
            let samples = (0..<Int(part.seconds * 8000)).map { $0 % 2 == 0 ? amplitude : -amplitude }
            try samples.withUnsafeBufferPointer { try track.process([$0]) }
        }
        try track.finish(channels: 1)
        return track
    }

    @Test func pausesAreFound() throws {
        let talk = try track([(-20, 1), (-70, 1.5), (-22, 1), (-60, 0.5), (-20, 1), (-65, 2)])
        let pauses = SilenceFinder(shortest: 0.8).pauses(in: talk)
        #expect(pauses.count == 2)
        #expect(abs(pauses[0].start - 1) < 0.011 && abs(pauses[0].end - 2.5) < 0.011)
        #expect(abs(pauses[1].end - 7) < 1e-9)
        #expect(SilenceFinder(shortest: 0.3).pauses(in: talk).count == 3)
        #expect(SilenceFinder(shortest: 0.3, threshold: -68).pauses(in: talk).count == 1)
    }

    @Test func whatIsSpokenSoftlyStays() throws {
        let talk = try track([(-20, 2), (-60, 2), (-20, 1)])
        let whisper = SpeechCurve(blockSeconds: 0.032, probabilities: [Float](repeating: 0.9, count: 157))
        #expect(SilenceFinder().pauses(in: talk, speech: whisper).isEmpty)
        let nobody = SpeechCurve(blockSeconds: 0.032, probabilities: [Float](repeating: 0.1, count: 157))
        #expect(SilenceFinder().pauses(in: talk, speech: nobody).count == 1)
    }

    @Test func steadySoundAndSilenceHaveNoPauses() throws {
        #expect(try SilenceFinder().pauses(in: track([(-20, 5)])).isEmpty)
        #expect(try SilenceFinder().pauses(in: track([(-.infinity, 5)])).isEmpty)
        #expect(try SilenceFinder().pauses(in: track([])).isEmpty)
        var track = EnergyTrack(sampleRate: 8000)
        #expect(throws: EditError.notFinite) {
            try [Float](repeating: .nan, count: 100).withUnsafeBufferPointer { try track.process([$0]) }
        }
    }

    @Test(
        arguments: [
            ("[]", "the ranges must be an object"),
            ("{}", "the ranges have to hold keep or remove, a list of start_seconds and end_seconds"),
            (#"{"remove": 3}"#, "remove must be a list"),
            (#"{"remove": [{"start_seconds": 1}]}"#, "remove.0.end_seconds must be a number of seconds, 0 or more"),
            (#"{"keep": [{"start_seconds": 2, "end_seconds": 1}]}"#, "keep.0.end_seconds must lie after start_seconds"),
            (#"{"keep": []}"#, "nothing of the recording would be left"),
        ])
    func rangesAreChecked(text: String, message: String) throws {
        let document = try JSONValue(parsing: Bytes(text.utf8))
        let error = #expect(throws: EditError.self) { try RangeDocument(document) }
        #expect(error?.message == message)
    }
}
