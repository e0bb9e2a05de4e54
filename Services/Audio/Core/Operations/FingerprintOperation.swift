import AudioAPI
import AudioFingerprint
package import Contracts
package import Jobs
import Media
import Primitives

/// `audio.fingerprint`: what a recording sounds like, to find it again.
package enum FingerprintOperation: Operation {
    package struct Parameters: Sendable {}

    /// Seconds from the beginning that AcoustID knows recordings by; the default of `fpcalc`.
    private static let leadingSeconds = 120

    package static var name: String { AudioService.OperationName.fingerprint }
    package static var summary: String {
        "Makes the Chromaprint fingerprint of a recording, and remembers it: the same sound is found at /audio/fingerprints/search."
    }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {}
    package static var output: OutputDescription {
        OutputDescription(
            files: "The fingerprint of the whole recording as fpcalc -json prints it.",
            measurements: [
                "type": "object", "required": ["duration_seconds", "algorithm", "fingerprint", "raw_length"],
                "properties": [
                    "duration_seconds": ["type": "number", "x-unit": "s"],
                    "algorithm": ["type": "integer", "description": "As fpcalc -algorithm counts them."],
                    "fingerprint": ["type": "string", "description": "Of the first 120 seconds, as AcoustID takes it."],
                    "raw_length": ["type": "integer", "description": "32-bit items of the whole recording, one every 0.124 s."],
                ],
            ])
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let source = try AudioSource(context.inputs[0])
        let samples = InterleavedSamples(source.planarFormat)
        let format = samples.format
        let whole = try Fingerprinter(sampleRate: format.sampleRate, channels: format.channels)
        let leading = try Fingerprinter(sampleRate: format.sampleRate, channels: format.channels)
        var (frames, missing) = (0, leadingSeconds * format.sampleRate)
        try source.decode(to: format, progress: context.progress("listening")) { frame in
            try samples.withSamples(of: frame) { interleaved in
                try whole.append(interleaved)
                let part = min(missing, frame.frameCount)
                try leading.append(UnsafeBufferPointer(rebasing: interleaved[..<(part * format.channels)]))
                missing -= part
            }
            frames += frame.frameCount
        }
        let seconds = (Double(frames) / Double(format.sampleRate)).rounded(decimals: 3)
        let fingerprint = try whole.finish()
        let name = OutputName.derived(from: context.inputs[0].name, suffix: "fingerprint", fileExtension: "json")
        let document = try JSON.encode(FingerprintFile(duration: seconds, fingerprint: fingerprint.compressed()))
        return JobOutput(
            files: [try context.write(document, named: name, mediaType: "application/json")],
            measurements: [
                "duration_seconds": .number(seconds), "algorithm": JSONValue(Fingerprint.algorithm + 1),
                "fingerprint": .string(try leading.finish().compressed()), "raw_length": JSONValue(fingerprint.items.count),
            ])
    }
}
