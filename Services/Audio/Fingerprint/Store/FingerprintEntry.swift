package import Primitives

/// A file whose sound is known.
package struct FingerprintEntry: Sendable, Hashable {
    /// `fp_` and 26 letters and digits.
    package let id: String
    /// The gateway's identifier of the file.
    package let file: String
    /// What the person called it.
    package let name: String
    /// The job that made the fingerprint.
    package let job: String
    /// Seconds of sound.
    package let duration: Double
    package let created: Timestamp

    package init(id: String, file: String, name: String, job: String, duration: Double, created: Timestamp) {
        (self.id, self.file, self.name, self.job) = (id, file, name, job)
        (self.duration, self.created) = (duration, created)
    }
}

/// A known file in which what was asked about is heard.
package struct FingerprintFinding: Sendable, Hashable {
    package let entry: FingerprintEntry
    package let match: FingerprintMatch
}

/// Two known files that share sound.
package struct FingerprintDuplicate: Sendable, Hashable {
    package let first: FingerprintEntry
    package let second: FingerprintEntry
    /// The first as the one that is asked about, found in the second.
    package let match: FingerprintMatch

    /// How much of the shorter file the match covers, from 0 to 1.
    package var coverage: Double {
        let shorter = min(first.duration, second.duration)
        return shorter > 0 ? min(1, match.duration / shorter) : 0
    }
}
