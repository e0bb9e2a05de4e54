/// How a model's tokens are counted.
package enum ModelFamily: Sendable, Hashable {
    /// By an encoding of OpenAI's.
    case openAI(Encoding)
    /// By the SentencePiece model at a path.
    case sentencePiece(path: String)
    /// Claude; the later ones have a tokenizer that makes more of the same text.
    case claude(isLater: Bool)
    case gemini
    case unknown

    /// The encodings by the beginnings of OpenAI's model names, the longer first (tiktoken 0.14, `tiktoken/model.py`).
    private static let encodings: [(prefix: String, encoding: Encoding)] = [
        ("gpt-4o", .o200k), ("gpt-4.", .o200k), ("gpt-4", .cl100k), ("gpt-3.5", .cl100k), ("gpt-35", .cl100k), ("gpt-2", .r50k),
        ("gpt2", .r50k), ("gpt-", .o200k), ("chatgpt-", .o200k), ("o1", .o200k), ("o3", .o200k), ("o4", .o200k),
        ("codex-", .o200k), ("text-embedding-", .cl100k), ("davinci-002", .cl100k), ("babbage-002", .cl100k),
        ("text-davinci-002", .p50k), ("text-davinci-003", .p50k), ("code-", .p50k), ("text-davinci", .r50k), ("davinci", .r50k),
        ("text-curie", .r50k), ("text-babbage", .r50k), ("text-ada", .r50k), ("curie", .r50k), ("babbage", .r50k), ("ada", .r50k),
    ]

    /// The family of a model.
    ///
    /// - Parameters:
    ///   - model: its name, with or without a provider before it: `gpt-4o`, `openai/gpt-4o-mini`, `ft:gpt-4o:mine`.
    ///   - configured: paths of SentencePiece models by the beginnings of model names; the longest that fits counts.
    package init(model: String, configured: [String: String] = [:]) {
        var name = (model.split(separator: "/").last.map(String.init) ?? model).lowercased()
        if name.hasPrefix("ft:") { name.removeFirst(3) }
        let fitting = configured.keys.filter { name.hasPrefix($0.lowercased()) }
        if let key = fitting.max(by: { $0.count < $1.count }), let path = configured[key] {
            self = .sentencePiece(path: path)
        } else if name.contains("claude") {
            self = .claude(isLater: Self.isLaterClaude(name))
        } else if name.hasPrefix("gemini") {
            self = .gemini
        } else {
            self = Self.encodings.first { Self.begins(name, with: $0.prefix) }.map { .openAI($0.encoding) } ?? .unknown
        }
    }

    /// Whether a name begins with a prefix that is not only part of a longer word.
    private static func begins(_ name: String, with prefix: String) -> Bool {
        guard name.hasPrefix(prefix) else { return false }
        return prefix.hasSuffix("-") || prefix.hasSuffix(".") || name.dropFirst(prefix.count).first?.isLetter != true
    }

    /// Opus from 4.7 on and everything of version 5 and later (Anthropic, "Token counting").
    private static func isLaterClaude(_ name: String) -> Bool {
        let words = name.split { $0 == "-" || $0 == "." || $0 == "@" || $0 == "_" }
        // What has more digits is a date.
        let version = words.compactMap { $0.count <= 2 ? Int($0) : nil }
        guard let major = version.first else { return !words.contains { $0 == "instant" || $0 == "v2" } }
        if major >= 5 { return true }
        return major == 4 && name.contains("opus") && version.count > 1 && version[1] >= 7
    }
}
