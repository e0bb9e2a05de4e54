/// The models that a key may use.
package struct ModelAllowList: Sendable, Hashable {
    private let names: Set<String>
    private let prefixes: [String]

    /// - Parameter patterns: ids or aliases, or beginnings of them with a star: `gpt-5*`. None allows nothing.
    package init(_ patterns: [String]) {
        names = Set(patterns.filter { !$0.hasSuffix("*") })
        prefixes = patterns.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }
    }

    package func allows(_ model: Model) -> Bool {
        allows(model.id) || model.aliases.contains(where: allows)
    }

    private func allows(_ name: String) -> Bool { names.contains(name) || prefixes.contains(where: name.hasPrefix) }
}
