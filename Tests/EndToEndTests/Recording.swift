import Foundation
import Primitives
import TestSupport

/// Recordings for the tests, made with the tools of the field, and an independent meter.
enum Recording {
    /// Spoken words at about -27 LUFS, 48 kHz stereo WAV.
    static func speech() async throws -> Bytes {
        try await made("speech.wav") { folder in
            let words = "The studio takes a recording, measures how loud it is, and brings it to where listeners expect it to be. "
            let spoken = try await CommandRun.run("espeak-ng", ["-w", folder + "/raw.wav", words + words])
            guard spoken.status == 0 else { throw TestStudio.Failure(message: spoken.errors) }
            return [
                "ffmpeg", "-v", "error", "-i", folder + "/raw.wav", "-af", "loudnorm=I=-27:TP=-3", "-ar", "48000", "-ac", "2",
                folder + "/speech.wav",
            ]
        }
    }

    static func tone(hertz: Int) async throws -> Bytes {
        try await made("tone.wav") { folder in
            [
                "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=\(hertz):duration=5:sample_rate=48000",
                folder + "/tone.wav",
            ]
        }
    }

    static func longNoise() async throws -> Bytes {
        try await made("noise.wav") { folder in
            [
                "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=duration=600:sample_rate=48000:amplitude=0.1",
                folder + "/noise.wav",
            ]
        }
    }

    /// What ffmpeg's ebur128 filter says, LUFS.
    static func integratedLoudness(_ bytes: Bytes) async throws -> Double {
        try await inFolder { folder in
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/in"))
            let run = try await CommandRun.run("ffmpeg", ["-nostats", "-i", folder + "/in", "-af", "ebur128", "-f", "null", "-"])
            let summary = run.errors.components(separatedBy: "Summary:").last ?? ""
            guard let line = summary.split(separator: "\n").first(where: { $0.contains("I:") }),
                let value = line.split(separator: " ").compactMap({ Double($0) }).first
            else { throw TestStudio.Failure(message: "no loudness in: \(run.errors)") }
            return value
        }
    }

    static func made(_ name: String, _ command: (String) async throws -> [String]) async throws -> Bytes {
        try await inFolder { folder in
            let words = try await command(folder)
            let run = try await CommandRun.run(words[0], Array(words.dropFirst()))
            guard run.status == 0 else { throw TestStudio.Failure(message: run.errors) }
            return Bytes(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
        }
    }

    static func inFolder<T>(_ body: (String) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.path + "/recording-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }
}
