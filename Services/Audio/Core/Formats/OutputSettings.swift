import Contracts
package import Jobs
package import Media

/// What a person may say about the file that an operation writes.
package struct OutputSettings: Sendable, Hashable {
    /// `nil` keeps the family of the input.
    package var format: AudioFileFormat?
    /// `nil` is lossless where the format can, else high.
    package var quality: OutputQuality?
    /// Hz; `nil` keeps the input's.
    package var sampleRate: Int?
    /// `nil` keeps the input's.
    package var channels: Int?
    /// `nil` follows the quality.
    package var bitDepth: BitDepth?
    package var dither = Dither.triangular

    package init() {}
}

/// How much of the sound an output keeps.
package enum OutputQuality: String, Sendable, Hashable, CaseIterable {
    /// Every bit of the source: WAV and FLAC.
    case lossless
    /// Not told apart from the source: 24 bits at most, or a generous bit rate.
    case high
    /// Good on every device: 16 bits and 48 kHz at most, or a moderate bit rate.
    case medium
}

/// Bits of a sample in WAV and FLAC.
package enum BitDepth: String, Sendable, Hashable, CaseIterable {
    case sixteen = "16"
    case twentyFour = "24"
    /// Floating point, WAV only.
    case thirtyTwo = "32"

    package var bits: Int { Int(rawValue) ?? 16 }
}

/// Parameters of an operation that writes an audio file.
package protocol WritesAudio: Sendable {
    var output: OutputSettings { get set }
}

extension Operation where Parameters: WritesAudio {
    /// Two days of sound, the longest that media may last, take longer to work on and to encode than an hour of the processor.
    package static var cost: CostClass { .heavy }
}

extension WritesAudio {
    /// The fields that every such operation has.
    static var outputFields: [Field<Self>] {
        [
            .choice("format", \Self.output.format, "The format to write; by default that of the input. aac is written as M4A."),
            .choice(
                "quality", \Self.output.quality,
                "How much of the sound is kept: lossless (wav and flac), high or medium. By default the best that the format can."),
            .integer(
                "sample_rate_hz", \Self.output.sampleRate, in: 8000...192_000, unit: "Hz",
                "The sample rate; by default the input's, or the next one up that the format has."),
            .integer(
                "channels", \Self.output.channels, in: 1...8, "How many channels to mix to; by default as many as the input has."),
            .choice("bit_depth", \Self.output.bitDepth, "Bits of a sample for wav (32 is floating point) and flac."),
            .choice("dither", \Self.output.dither, "How rounding to 16 bits is decorrelated; used only when bits are taken away."),
        ]
    }
}

extension SchemaBuilder {
    /// Lets a schema take in a list of fields that several operations share.
    static func buildExpression(_ fields: [Field<Root>]) -> [Field<Root>] { fields }
}
