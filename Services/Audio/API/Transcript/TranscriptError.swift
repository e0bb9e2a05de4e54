import Primitives

/// Why a document is no transcript.
package struct TranscriptError: CodedError, Equatable {
    /// Where in the document, as a dotted path: `segments.3.start_seconds`.
    package let path: String
    /// What is wrong there.
    package let problem: String

    /// - Parameters: as the properties.
    package init(path: String, problem: String) {
        (self.path, self.problem) = (path, problem)
    }

    /// Stable name of the fault.
    package var code: String { "invalid-transcript" }
    /// The place and what is wrong there.
    package var message: String { path.isEmpty ? "the transcript \(problem)" : "\(path) \(problem)" }
}
