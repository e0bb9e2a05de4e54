/// The same sound in two recordings.
package struct FingerprintMatch: Sendable, Hashable {
    /// Where it begins in the recording that was asked about, seconds.
    package let queryStart: Double
    /// Where it begins in the other recording, seconds.
    package let start: Double
    /// How long it is, seconds.
    package let duration: Double
    /// From 0, as different as strangers, to 1, equal in every bit: 1 - 2 × the bit error rate.
    package let score: Double

    /// Where the beginning of the recording that was asked about lies in the other one, seconds; may be negative.
    package var offset: Double { start - queryStart }
}
