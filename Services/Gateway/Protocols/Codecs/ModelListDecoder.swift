import Primitives

/// Reads lists of models: OpenAI and Anthropic have them in `data`, Gemini and Ollama in `models`.
enum ModelListDecoder {
    static func decode(_ body: Bytes) throws(ProviderFailure) -> [ModelListing] {
        let root = try JSONTape.answer(body).root
        guard let list = root.present("data") ?? root.present("models"), list.isArray else {
            throw .malformed("the answer is not a list of models")
        }
        return list.elements.compactMap(listing)
    }

    private static func listing(_ node: JSONNode) -> ModelListing? {
        guard var id = (node["id"] ?? node["model"] ?? node["name"])?.string, !id.isEmpty else { return nil }
        // Gemini's names are paths.
        if id.hasPrefix("models/") { id.removeFirst(7) }
        var listing = ModelListing(
            id: id, displayName: (node["display_name"] ?? node["displayName"])?.string, owner: node["owned_by"]?.string,
            created: node.count("created"))
        listing.inputLimit = (node["inputTokenLimit"] ?? node["max_input_tokens"] ?? node["context_length"])?.integer
        listing.outputLimit = (node["outputTokenLimit"] ?? node["max_tokens"])?.integer
        if let moment = (node["created_at"] ?? node["modified_at"])?.string.flatMap(Timestamp.init(iso8601:)) {
            listing.created = Int(moment.milliseconds / 1000)
        }
        return listing
    }
}
