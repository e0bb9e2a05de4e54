/// What a model can do, as a set that is compared in one step.
package struct Capabilities: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Answers messages.
    package static let chat = Capabilities(rawValue: 1)
    /// Answers piece by piece.
    package static let streaming = Capabilities(rawValue: 2)
    /// Calls functions.
    package static let tools = Capabilities(rawValue: 4)
    /// Sees images.
    package static let images = Capabilities(rawValue: 8)
    /// Hears audio.
    package static let audio = Capabilities(rawValue: 16)
    /// Answers in JSON of a given schema.
    package static let json = Capabilities(rawValue: 32)
    /// Thinks before it answers.
    package static let reasoning = Capabilities(rawValue: 64)
    /// Turns text into vectors.
    package static let embeddings = Capabilities(rawValue: 128)

    /// Every capability with its name in files and requests.
    package static let named: [(name: String, value: Capabilities)] = [
        ("chat", .chat), ("streaming", .streaming), ("tools", .tools), ("images", .images), ("audio", .audio), ("json", .json),
        ("reasoning", .reasoning), ("embeddings", .embeddings),
    ]

    /// - Returns: `nil` when there is no capability of this name.
    package init?(name: String) {
        guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
        self = found.value
    }

    /// The names of what is in the set, in a fixed order.
    package var names: [String] { Self.named.filter { contains($0.value) }.map(\.name) }
}
