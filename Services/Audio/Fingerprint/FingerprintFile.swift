/// The file that `audio.fingerprint` writes: what `fpcalc -json` prints.
package struct FingerprintFile: Sendable, Codable {
    /// Seconds of sound.
    package let duration: Double
    /// Compressed, in base64.
    package let fingerprint: String

    package init(duration: Double, fingerprint: String) {
        (self.duration, self.fingerprint) = (duration, fingerprint)
    }
}
