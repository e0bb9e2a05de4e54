import Primitives
package import YAML

/// Something in a registry file that is wrong, and where.
package struct RegistryProblem: Sendable, Hashable, CustomStringConvertible {
    /// The file's name.
    package let file: String
    package let position: YAMLPosition
    package let text: String

    package var description: String { "\(file):\(position.line):\(position.column): \(text)" }
}

/// The registry files can not be used; every problem is told at once.
package struct RegistryError: CodedError, Equatable {
    /// At least one, in the order of the files.
    package let problems: [RegistryProblem]
    package var code: String { "invalid-registry" }
    package var message: String { problems.map(\.description).joined(separator: "\n") }
}
