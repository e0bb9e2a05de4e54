import Primitives

/// Why a timeline can not be made: the place in its document and what is wrong there.
package struct CompositionError: CodedError, Equatable {
    /// As a dotted path: `video.3.in_s`; empty for the whole.
    package let path: String
    package let problem: String

    package init(_ path: String, _ problem: String) { (self.path, self.problem) = (path, problem) }

    package var code: String { "invalid-timeline" }
    package var message: String { path.isEmpty ? "the timeline \(problem)" : "\(path) \(problem)" }
}
