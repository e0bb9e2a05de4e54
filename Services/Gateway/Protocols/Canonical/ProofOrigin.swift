/// Whose proof a signature or a piece of encrypted reasoning is. Providers refuse each other's, and a conversation may change
/// its provider between turns; so proofs of all but Anthropic, whose own clients know them bare, carry their origin in front
/// on their way through callers.
enum ProofOrigin: String {
    case anthropic = ""
    case gemini = "gemini:"
    case openAI = "openai:"

    private static let marked: [ProofOrigin] = [.gemini, .openAI]

    func mark(_ proof: String) -> String { rawValue + proof }

    /// The bare proof, or nil when it is somebody else's.
    func unmark(_ proof: String?) -> String? {
        guard let proof, !proof.isEmpty else { return nil }
        let origin = Self.marked.first { proof.hasPrefix($0.rawValue) } ?? .anthropic
        return origin == self ? String(proof.dropFirst(rawValue.count)) : nil
    }
}

extension ReasoningPart {
    /// The part with only the bare proofs of that origin.
    func proofs(of origin: ProofOrigin) -> ReasoningPart {
        ReasoningPart(text, signature: origin.unmark(signature), encrypted: origin.unmark(encrypted), id: id)
    }
}
