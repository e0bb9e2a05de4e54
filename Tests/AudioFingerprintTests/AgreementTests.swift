import AudioFingerprint
import Foundation
import Primitives
import TestSupport
import Testing

/// The fingerprints are those of `fpcalc`.
@Suite(.computing) struct AgreementTests {
    @Test(arguments: [11_025, 22_050, 48_000]) func operationPrintsWhatFpcalcPrints(rate: Int) async throws {
        let folder = try TemporaryFolder("fingerprint")
        let path = folder.appending("tune.wav")
        try await Tune(seed: 1, seconds: 12).write(path, ["-ar", "\(rate)"])
        let ours = try await Fingerprinting.run(path)
        let theirs = try await Fingerprinting.fpcalc([path])
        let raw = try await Fingerprinting.fpcalc(["-raw", path])
        let items = try #require(raw["fingerprint"]?.arrayValue).compactMap { $0.integerValue.map { UInt32($0) } }
        #expect(items.count > 60 && ours.whole.items.count == items.count)
        #expect(ours.measurements["raw_length"]?.integerValue == Int64(items.count))
        #expect(ours.measurements["duration_seconds"]?.doubleValue == 12)
        #expect(ours.measurements["algorithm"] == 2)
        let differing = zip(ours.whole.items, items).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
        if rate == 11_025 {
            #expect(ours.measurements["fingerprint"] == theirs["fingerprint"])
        } else {
            // The tool leaves the change of rate to FFmpeg, the library has its own; a bit in a thousand may fall otherwise.
            #expect(differing * 200 < items.count * 32, "\(differing) bits of \(items.count * 32)")
        }
    }

    @Test func compressedFormIsFpcalcs() async throws {
        let folder = try TemporaryFolder("fingerprint")
        let path = folder.appending("tune.flac")
        try await Tune(seed: 2, seconds: 8).write(path)
        let text = try #require(try await Fingerprinting.fpcalc([path])["fingerprint"]?.stringValue)
        let raw = try #require(try await Fingerprinting.fpcalc(["-raw", path])["fingerprint"]?.arrayValue)
        let read = try Fingerprint(compressed: text)
        #expect(read.items.map { Int64($0) } == raw.compactMap(\.integerValue))
        #expect(try read.compressed() == text)
    }

    @Test func leadingPartIsWhatAcoustIDTakes() async throws {
        let folder = try TemporaryFolder("fingerprint")
        let path = folder.appending("long.wav")
        try await Tune(seed: 3, seconds: 8).write(path, ["-ar", "11025", "-af", "aloop=16:size=88200,atrim=end=130"])
        let ours = try await Fingerprinting.run(path)
        #expect(ours.measurements["fingerprint"] == (try await Fingerprinting.fpcalc([path]))["fingerprint"])
        let whole = try await Fingerprinting.fpcalc(["-length", "0", path])
        #expect(try ours.whole.compressed() == whole["fingerprint"]?.stringValue)
    }

    @Test func timesAreTheLibrarys() throws {
        let items = try Fingerprinting.make(Tune(seed: 4, seconds: 10)).items.count
        #expect(abs(Fingerprint(items: [UInt32](repeating: 0, count: items)).duration - 10) < 2 * Fingerprint.hop)
    }

    @Test func piecesDoNotMatter() throws {
        let samples = Tune(seed: 5, seconds: 6).quantized
        let whole = try Fingerprinting.make(samples, piece: samples.count)
        for piece in [1, 777, 44_100] { #expect(try Fingerprinting.make(samples, piece: piece) == whole) }
    }

    @Test func stereoIsMixed() throws {
        let samples = Tune(seed: 6, seconds: 6).quantized
        let stereo = samples.flatMap { [$0, $0] }
        #expect(try Fingerprinting.make(stereo, channels: 2) == Fingerprinting.make(samples))
    }

    @Test(arguments: ["", "A", "not a fingerprint", "////////", "AQAAA", String(repeating: "A", count: 5000), "é", "AQP__w=="])
    func nonsenseIsRefused(text: String) {
        #expect(throws: FingerprintError.self) { try Fingerprint(compressed: text) }
    }

    @Test func otherAlgorithmIsNamed() async throws {
        let folder = try TemporaryFolder("fingerprint")
        let path = folder.appending("tune.wav")
        try await Tune(seed: 7, seconds: 6).write(path)
        let text = try #require(try await Fingerprinting.fpcalc(["-algorithm", "1", path])["fingerprint"]?.stringValue)
        #expect(throws: FingerprintError.otherAlgorithm(1)) { try Fingerprint(compressed: text) }
    }

    @Test(arguments: [0.001, 1.0, 2.5]) func tooShortIsTold(seconds: Double) async throws {
        let samples = [Int16](repeating: 7, count: Int(seconds * Double(Tune.rate)))
        #expect(throws: FingerprintError.tooShort) { try Fingerprinting.make(samples) }
    }

    @Test(arguments: [(8_000, 0), (8_000, 3), (10, 1)]) func formatIsChecked(sampleRate: Int, channels: Int) {
        #expect(throws: FingerprintError.format(sampleRate: sampleRate, channels: channels)) {
            try Fingerprinter(sampleRate: sampleRate, channels: channels)
        }
    }
}
