/// An error that carries a stable code for programs and a sentence for people.
package protocol CodedError: Error, Sendable, CustomStringConvertible {
    /// Stable kebab-case identifier, for example `file-not-found`.
    var code: String { get }
    /// A sentence that a person can act on.
    var message: String { get }
    /// Whether the same attempt may succeed later without a change.
    var isRetriable: Bool { get }
}

extension CodedError {
    package var isRetriable: Bool { false }
    package var description: String { "\(code): \(message)" }
}
