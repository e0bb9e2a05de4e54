/// An identifier that was read from audio.
package struct WatermarkDetection: Sendable, Hashable {
    package let identifier: UInt64
    /// Where the marked audio begins and ends, in seconds from the start of what was searched, to about a second.
    package var start: Double
    package var end: Double
    /// Where in the marked file the audio at `start` was, in seconds, but for whole blocks of 7.68 s.
    package var blockOffset: Double
    /// The share of the received soft values that agree with the code word which was read: 1 for a perfect reading. It
    /// tells how much damage the mark has taken; how sure the identifier is, tells the checksum.
    package var confidence: Double
    /// How far the synchronisation pattern stands out of the noise, in standard deviations.
    package var score: Double
    /// Code bits that were received wrongly and corrected, of `codeBits`.
    package var correctedBits: Int
    /// Code bits of the payload.
    package static let codeBits = WatermarkPattern.symbols
    /// How many times faster than when it was marked the audio plays.
    package let speed: Double
}
