import Primitives
package import YAML

/// The registry files can not be used; every problem is told at once.
package struct RegistryError: CodedError, Equatable {
    /// At least one, in the order of the files.
    package let problems: [FileProblem]
    package var code: String { "invalid-registry" }
    package var message: String { problems.map(\.description).joined(separator: "\n") }
}
