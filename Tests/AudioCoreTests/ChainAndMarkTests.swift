import AudioCore
import Contracts
import FoundationEssentials
import Glibc
import Jobs
import Primitives
import TestSupport
import Testing

/// Effect chains and hidden marks as operations, on real files.
@Suite(.computing) struct ChainAndMarkTests {
    @Test func aMarkIsFoundAgainInAnMP3() async throws {
        let fixture = try MediaFixture()
        _ = try await fixture.talk()
        let long = try await fixture.make("long.wav", "-stream_loop 2 -i talk.wav -t 32 -c:a pcm_s16le")
        let marked = try await fixture.run(
            "audio.mark", ["key": "a secret", "identifier": "c0ffee", "format": "mp3", "quality": "medium"], on: long)
        #expect(marked.measurements["identifier"] == "0000000000c0ffee")
        let found = try await fixture.run("audio.find-mark", ["key": "a secret"], on: marked.file)
        #expect(found.measurements["marks"]?[0]?["identifier"] == "0000000000c0ffee")
        let other = try await fixture.run("audio.find-mark", ["key": "another"], on: marked.file)
        #expect(other.measurements["marks"] == [])
        let clean = try await fixture.run("audio.find-mark", ["key": "a secret"], on: long)
        #expect(clean.measurements["marks"] == [])
    }

    @Test func aChainIsRenderedAsAWholeAndInPart() async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let chain: JSONValue = ["effects": [["type": "gain", "gain_db": -6], ["type": "compressor"]]]
        let whole = try await fixture.run("audio.effects", ["chain": chain, "format": "wav", "bit_depth": "32"], on: talk)
        #expect(whole.measurements["effects"] == 2)
        let all = try await fixture.samples(whole.file, rate: 44_100)
        let part = try await fixture.run(
            "audio.effects", ["chain": chain, "start_s": 4, "duration_s": 2, "format": "wav", "bit_depth": "32"], on: talk)
        let preview = try await fixture.samples(part.file, rate: 44_100)
        try #require(preview.count == 2 * 44_100 && all.count == 12 * 44_100)
        let difference = preview.indices.map { abs(preview[$0] - all[4 * 44_100 + $0]) }.max() ?? 1
        #expect(difference < 1e-3)
    }

    /// The chain works at its own rate, and the file has it unless another is asked for.
    @Test(arguments: [(16_000, nil, 16_000), (96_000, nil, 96_000), (16_000, 48_000, 48_000)] as [(Int, Int?, Int)])
    func aChainHasARate(_ rate: Int, _ wanted: Int?, _ written: Int) async throws {
        let fixture = try MediaFixture()
        let tone = try await fixture.make("tone.wav", "-f lavfi -i sine=1000:r=44100:d=2,volume=-6dB -c:a pcm_f32le")
        var parameters: [String: JSONValue] = [
            "chain": ["sample_rate_hz": JSONValue(rate), "effects": [["type": "gain", "gain_db": -6]]], "format": "wav",
        ]
        if let wanted { parameters["sample_rate_hz"] = JSONValue(wanted) }
        let (file, measurements) = try await fixture.run("audio.effects", .object(parameters), on: tone)
        #expect(measurements["output"]?["sample_rate_hz"] == JSONValue(written))
        let stream = try await fixture.ffprobe(file)["streams"]?[0]
        #expect(stream?["sample_rate"]?.stringValue == "\(written)")
        #expect(stream?["duration_ts"] == JSONValue(2 * written))
        // The tone is where it was, and half as loud.
        let (before, after) = (try await fixture.samples(tone, rate: 8000), try await fixture.samples(file, rate: 8000))
        let error = zip(before[2000..<14_000], after[2000..<14_000]).map { abs($0 / 1.9953 - $1) }.max() ?? 1
        #expect(error < 2e-3)
    }

    /// A chain hears silence behind the input: of that there are previews too, as far as the whole result goes.
    @Test(arguments: [(13.0, 1.0, 1.0), (14.5, 5, 0.5), (11.5, 1, 1), (15, 1, nil)] as [(Double, Double, Double?)])
    func theTailHasPreviews(_ start: Double, _ wanted: Double, _ seconds: Double?) async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let chain: JSONValue = ["tail_seconds": 3, "effects": [["type": "gain", "gain_db": -6]]]
        let parameters: JSONValue = [
            "chain": chain, "start_s": .number(start), "duration_s": .number(wanted), "format": "wav", "bit_depth": "32",
        ]
        do {
            let (file, _) = try await fixture.run("audio.effects", parameters, on: talk)
            #expect(try await fixture.samples(file, rate: 44_100).count == Int((seconds ?? 0) * 44_100))
        } catch let error as any CodedError {
            #expect(seconds == nil && error.code == "output-not-possible" && error.message.contains("15"), "\(error)")
        }
    }

    @Test(
        arguments: [
            (["effects": [["type": "trim", "start_seconds": 20]]], [:], "nothing-left", "nothing"),
            (["effects": [["type": "silence_removal", "threshold_db": -10]]], [:], "nothing-left", "nothing"),
            (["effects": [["type": "gain"]]], ["start_s": 30, "duration_s": 5], "output-not-possible", "30"),
            (
                ["effects": [["type": "time_stretch", "duration_ratio": 2]]], ["start_s": 60, "duration_s": 5],
                "output-not-possible", "60"
            ),
        ] as [(JSONValue, [String: JSONValue], String, String)])
    func whatLeavesNothingIsTold(_ chain: JSONValue, _ more: [String: JSONValue], _ code: String, _ words: String) async throws {
        let fixture = try MediaFixture()
        let quiet = try await fixture.make("quiet.wav", "-f lavfi -i sine=r=44100:d=12,volume=-40dB -c:a pcm_s16le")
        for format in ["wav", "mp3"] as [JSONValue] {
            let parameters = JSONValue.object(more.merging(["chain": chain, "format": format]) { $1 })
            do {
                _ = try await fixture.run("audio.effects", parameters, on: quiet)
                Issue.record("a file without a sample was made")
            } catch let error as any CodedError {
                #expect(error.code == code && error.message.contains(words), "\(error)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.outputs.path).isEmpty)
        }
    }

    @Test func presetsAreKnownByName() async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let (file, _) = try await fixture.run("audio.effects", ["preset": "telephone", "format": "flac"], on: talk)
        #expect(try await fixture.samples(file, rate: 44_100).count == 12 * 44_100)
    }

    @Test(
        arguments: [
            ("audio.effects", [:], "output-not-possible"), ("audio.effects", ["preset": "underwater"], "output-not-possible"),
            (
                "audio.effects", ["chain": ["effects": [["type": "compresor"], ["type": "gain", "gain_db": 999]]]],
                "effect-chain-invalid"
            ),
            ("audio.mark", ["key": "k", "identifier": "xyz"], "output-not-possible"),
            ("audio.mark", ["key": "", "identifier": "1"], "output-not-possible"),
            ("audio.mark", ["key": "k", "identifier": "+ff"], "output-not-possible"),
        ] as [(String, JSONValue, String)])
    func whatMakesNoSenseIsRefusedAtOnce(_ name: String, _ parameters: JSONValue, _ code: String) throws {
        let operation = try #require(AudioOperations.catalogue[name])
        let error = #expect(throws: JobProblem.self) {
            try operation.check(
                try operation.canonicalParameters(parameters), resources: ["presets": InstalledModels.root + "/deploy/presets"])
        }
        #expect(error?.code == code, "\(String(describing: error))")
    }
}
