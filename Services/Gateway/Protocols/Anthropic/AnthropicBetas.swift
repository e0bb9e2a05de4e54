/// What callers of Anthropic's door may ask of Anthropic in the header `anthropic-beta`: names that change neither what a call
/// costs a token nor what else is charged. Source: Anthropic API reference, "Beta headers" and the release notes.
package enum AnthropicBetas {
    private static let names: Set<Substring> = [
        "advanced-tool-use-2025-11-20", "claude-code-20250219", "computer-use-2024-10-22", "computer-use-2025-01-24",
        "computer-use-2025-11-24", "context-management-2025-06-27", "dev-full-thinking-2025-05-14", "effort-2025-11-24",
        "extended-cache-ttl-2025-04-11", "fine-grained-tool-streaming-2025-05-14", "interleaved-thinking-2025-05-14",
        "max-tokens-3-5-sonnet-2024-07-15", "output-128k-2025-02-19", "pdfs-2024-09-25", "prompt-caching-2024-07-31",
        "prompt-caching-scope-2026-01-05", "structured-outputs-2025-09-17", "structured-outputs-2025-11-13",
        "token-counting-2024-11-01", "token-efficient-tools-2025-02-19", "token-efficient-tools-2026-03-28",
        "tool-examples-2025-10-29",
    ]

    /// Reads the header.
    /// - Parameter fields: its values, of which a request may have several.
    /// - Returns: the names, parted by commas; `nil` without any.
    /// - Throws: `ModelRequestError`, reason `unsupported`, for a name that is not known to be free.
    package static func read(_ fields: [String]) throws(ModelRequestError) -> String? {
        var asked: [Substring] = []
        for part in fields.flatMap({ $0.split(separator: ",") }) {
            let name = part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            guard !name.isEmpty else { continue }
            guard names.contains(name) else {
                throw ModelRequestError(
                    .unsupported, field: "anthropic-beta",
                    "anthropic-beta: \(name.prefix(60)) is not among the betas that cost nothing, or not known here")
            }
            asked.append(name)
        }
        return asked.isEmpty ? nil : asked.joined(separator: ",")
    }
}
