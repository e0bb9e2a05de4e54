import AudioAPI
import AudioWatermark
package import Contracts
package import Jobs
import Media
import Primitives

/// `audio.mark`: an identifier that cannot be heard and survives what happens to files.
package enum MarkOperation: Operation {
    package struct Parameters: WritesAudio {
        package var key = ""
        package var identifier = ""
        package var strength = 1.0
        package var output = OutputSettings()
    }

    package static var name: String { AudioService.OperationName.mark }
    package static var summary: String {
        "Hides a 64-bit identifier in audio under a key; audio.find-mark reads it back, after MP3, cuts and mixing too."
    }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {
        Field.secret("key", \.key, maximumLength: 256, required: true, "Only who knows the key can find the mark.")
        Field.text("identifier", \.identifier, maximumLength: 16, required: true, "1 to 16 hexadecimal digits.")
        Field.number("strength", \.strength, in: 0.25...4, "1 is the standard; more survives more and is less hidden.")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The marked audio.",
            measurements: [
                "type": "object", "required": ["identifier", "output", "duration_seconds"],
                "properties": [
                    "identifier": ["type": "string"], "output": AudioTarget.documentSchema,
                    "duration_seconds": ["type": "number", "x-unit": "s"],
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try MarkIdentifier(parameters.identifier)
        guard !parameters.key.isEmpty else { throw AudioError.outputSetting("the key must not be empty") }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let identifier = try MarkIdentifier(parameters.identifier)
        let source = try AudioSource(context.inputs[0])
        let format = source.planarFormat
        let embedder = try WatermarkEmbedder(
            key: Bytes(parameters.key.utf8), identifier: identifier.value, sampleRate: format.sampleRate, channels: format.channels,
            strength: parameters.strength)
        let target = try AudioTarget(parameters.output, source: source, isProcessed: true)
        let name = OutputName.derived(from: context.inputs[0].name, suffix: "marked", fileExtension: target.format.fileExtension)
        let writer = try PlanarWriter(target, format: format, name: name, in: context)
        func drain() throws {
            let count = embedder.available
            guard count > 0 else { return }
            var planes = (0..<format.channels).map { _ in [Float](repeating: 0, count: count) }
            let buffers = planes.indices.map { _ in UnsafeMutableBufferPointer<Float>.allocate(capacity: count) }
            defer { for buffer in buffers { buffer.deallocate() } }
            for buffer in buffers { buffer.initialize(repeating: 0) }
            _ = embedder.read(into: buffers)
            for channel in planes.indices { planes[channel] = Array(buffers[channel]) }
            try writer.write(planes)
        }
        try source.decode(to: format, progress: context.progress("marking")) { frame in
            try frame.requireFinite()
            embedder.append(frame.planes)
            try drain()
        }
        embedder.finish()
        try drain()
        try writer.finish()
        return JobOutput(
            files: [writer.file],
            measurements: [
                "identifier": .string(identifier.text), "output": writer.document,
                "duration_seconds": .number(writer.seconds.rounded(decimals: 3)),
            ])
    }
}

/// `audio.find-mark`: the identifiers that are hidden in audio.
package enum FindMarkOperation: Operation {
    package struct Parameters: Sendable {
        package var key = ""
    }

    package static var name: String { AudioService.OperationName.findMark }
    package static var summary: String { "Finds the identifiers that audio.mark has hidden, with their places and confidence." }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {
        Field.secret("key", \.key, maximumLength: 256, required: true, "The key that the mark was made with.")
    }
    package static var output: OutputDescription {
        OutputDescription(
            measurements: [
                "type": "object", "required": ["marks"],
                "properties": [
                    "marks": [
                        "type": "array",
                        "items": [
                            "type": "object",
                            "properties": [
                                "identifier": ["type": "string"], "start_seconds": ["type": "number"],
                                "end_seconds": ["type": "number"], "confidence": ["type": "number"],
                                "corrected_bits": ["type": "integer"],
                            ],
                        ],
                    ]
                ],
            ])
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let source = try AudioSource(context.inputs[0])
        let format = source.planarFormat
        let detector = try WatermarkDetector(
            key: Bytes(parameters.key.utf8), sampleRate: format.sampleRate, channels: format.channels)
        try source.decode(to: format, progress: context.progress("looking for marks")) { detector.append($0.planes) }
        let marks = detector.finish().map { mark -> JSONValue in
            [
                "identifier": .string(MarkIdentifier(mark.identifier).text), "start_seconds": .number(source.offset + mark.start),
                "end_seconds": .number(source.offset + mark.end), "confidence": .number(mark.confidence),
                "corrected_bits": JSONValue(mark.correctedBits),
            ]
        }
        return JobOutput(measurements: ["marks": .array(marks)])
    }
}

/// An identifier as people write it: hexadecimal digits.
private struct MarkIdentifier {
    let value: UInt64

    init(_ value: UInt64) {
        self.value = value
    }

    /// - Throws: `AudioError.outputSetting`.
    init(_ text: String) throws(AudioError) {
        guard text.allSatisfy(\.isHexDigit), let value = UInt64(text, radix: 16) else {
            throw .outputSetting("identifier must be 1 to 16 hexadecimal digits, not \(text)")
        }
        self.value = value
    }

    var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
