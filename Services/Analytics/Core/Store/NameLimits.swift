/// How many names there may be. What is beyond is recorded under `(other)`, and counted.
package struct NameLimits: Sendable {
    /// Names of one owner, and of all together.
    package typealias Limit = (owner: Int, all: Int)

    /// Owners in all.
    package var owners = 50_000
    package var scripts: Limit = (1000, 20_000)
    package var types: Limit = (200, 2000)
    /// Values of labels that are summed up.
    package var values: Limit = (100_000, 2_000_000)

    package init() {}

    /// - Returns: `nil` for owners, who are nobody's.
    subscript(kind: NameTable.Kind) -> Limit? {
        switch kind {
        case .owner: nil
        case .script: scripts
        case .type: types
        case .value: values
        }
    }
}
