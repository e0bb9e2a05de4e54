/// What a caller of Anthropic's door asks of Anthropic in the header `anthropic-beta`. Names that are known to change neither what
/// a call costs a token nor what else is charged go on; what is not sent can cost nothing, and the caller is told of it.
/// Source: Anthropic API reference, "Beta headers" and the release notes.
package struct AnthropicBetas: Sendable, Hashable {
    private static let free: Set<Substring> = [
        "advanced-tool-use-2025-11-20", "cache-diagnosis-2026-04-07", "claude-code-20250219", "computer-use-2024-10-22",
        "computer-use-2025-01-24", "computer-use-2025-11-24", "context-management-2025-06-27", "dev-full-thinking-2025-05-14",
        "effort-2025-11-24", "extended-cache-ttl-2025-04-11", "fine-grained-tool-streaming-2025-05-14",
        "interleaved-thinking-2025-05-14", "max-tokens-3-5-sonnet-2024-07-15", "mid-conversation-system-2026-04-07",
        "output-128k-2025-02-19", "pdfs-2024-09-25", "per-turn-control-2026-07-01", "prompt-caching-2024-07-31",
        "prompt-caching-scope-2026-01-05", "redact-thinking-2026-02-12", "structured-outputs-2025-09-17",
        "structured-outputs-2025-11-13", "structured-outputs-2025-12-15", "thinking-token-count-2026-05-13",
        "token-counting-2024-11-01", "token-efficient-tools-2025-02-19", "token-efficient-tools-2026-03-28",
        "tool-examples-2025-10-29",
    ]
    /// Most names that the caller is told of, and most letters of each.
    private static let (toldNames, toldLetters) = (10, 60)

    /// The names that go on, parted by commas; `nil` without any.
    package let passed: String?
    /// The others, as the caller is told of them; `nil` without any.
    package let adjustment: Adjustment?

    /// Reads the header.
    /// - Parameters:
    ///   - fields: its values, of which a request may have several.
    ///   - others: names that go on beside those that are known here.
    package init(_ fields: [String], others: Set<String> = []) {
        var (passed, unsent): ([Substring], [Substring]) = ([], [])
        for part in fields.flatMap({ $0.split(separator: ",") }) {
            let name = part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            guard !name.isEmpty else { continue }
            if Self.free.contains(name) || others.contains(String(name)) { passed.append(name) } else { unsent.append(name) }
        }
        self.passed = passed.isEmpty ? nil : passed.joined(separator: ",")
        let told = unsent.prefix(Self.toldNames).map { $0.prefix(Self.toldLetters) }.joined(separator: ", ")
        let explanation = "\(told) not sent: not known to cost nothing"
        adjustment = unsent.isEmpty ? nil : Adjustment(field: "anthropic-beta", explanation: explanation)
    }
}
