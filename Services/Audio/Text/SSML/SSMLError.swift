import Primitives

/// Why a text is no speech markup.
package struct SSMLError: CodedError, Equatable {
    /// From 1.
    package let line: Int
    /// Characters (Unicode scalars) into the line, from 1.
    package let column: Int
    /// What is wrong there.
    package let problem: String

    /// Stable name of the fault.
    package var code: String { "invalid-ssml" }
    /// The place and the problem.
    package var message: String { "line \(line), column \(column): \(problem)" }
}
