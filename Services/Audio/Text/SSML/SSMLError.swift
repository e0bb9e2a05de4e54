import Primitives

/// Why a text is no speech markup.
package struct SSMLError: CodedError, Equatable {
    /// From 1.
    package let line: Int
    /// Characters (Unicode scalars) into the line, from 1.
    package let column: Int
    package let problem: String

    package var code: String { "invalid-ssml" }
    package var message: String { "line \(line), column \(column): \(problem)" }
}
