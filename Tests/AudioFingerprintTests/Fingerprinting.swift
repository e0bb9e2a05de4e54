import AudioCore
import AudioFingerprint
import Foundation
import Jobs
import Primitives
import TestSupport

/// Ways to a fingerprint.
enum Fingerprinting {
    /// Of samples, handed over in uneven pieces.
    static func make(_ samples: [Int16], sampleRate: Int = Tune.rate, channels: Int = 1, piece: Int = 4099) throws -> Fingerprint {
        let fingerprinter = try Fingerprinter(sampleRate: sampleRate, channels: channels)
        try samples.withUnsafeBufferPointer { samples in
            for start in stride(from: 0, to: samples.count, by: piece * channels) {
                try fingerprinter.append(
                    UnsafeBufferPointer(rebasing: samples[start..<min(samples.count, start + piece * channels)]))
            }
        }
        return try fingerprinter.finish()
    }

    static func make(_ tune: Tune) throws -> Fingerprint { try make(tune.quantized) }

    /// What `audio.fingerprint` gives for a file.
    static func run(_ path: String, name: String = "a tune.wav") async throws -> (whole: Fingerprint, measurements: JSONValue) {
        let folder = try TemporaryFolder("fingerprint")
        let operation = AudioOperations.catalogue["audio.fingerprint"]!
        let output = try await operation.run(
            [:],
            in: JobContext(
                inputs: [JobContext.Input(path: path, name: name, mediaType: "audio/wav")], outputFolder: folder.path))
        let bytes = try Data(contentsOf: URL(filePath: folder.appending(output.files[0].name)))
        let file = try JSON.decode(FingerprintFile.self, from: Bytes(bytes))
        return (try Fingerprint(compressed: file.fingerprint), output.measurements)
    }

    /// What the field's own tool prints.
    static func fpcalc(_ arguments: [String]) async throws -> JSONValue {
        let run = try await CommandRun.run("fpcalc", ["-json"] + arguments)
        // It takes the end of a short file for an error, after it has printed the fingerprint.
        guard !run.output.isEmpty else { throw TestStudio.Failure(message: run.errors) }
        return try JSONValue(parsing: Bytes(run.output.utf8))
    }
}
