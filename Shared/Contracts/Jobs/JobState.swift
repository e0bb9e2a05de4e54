/// The life of a job: queued → running → one of the ends. A job that is retried goes back to queued.
package enum JobState: String, Sendable, Hashable, Codable, CaseIterable {
    case queued, running, succeeded, failed, cancelled

    /// Whether nothing more happens to the job by itself.
    package var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
}
