import Primitives

/// Why a document is no transcript.
package struct TranscriptError: CodedError, Equatable {
    /// Where in the document, as a dotted path: `segments.3.start_seconds`.
    package let path: String
    /// What is wrong there.
    package let problem: String

    package init(path: String, problem: String) {
        (self.path, self.problem) = (path, problem)
    }

    package var code: String { "invalid-transcript" }
    package var message: String { path.isEmpty ? "the transcript \(problem)" : "\(path) \(problem)" }
}
