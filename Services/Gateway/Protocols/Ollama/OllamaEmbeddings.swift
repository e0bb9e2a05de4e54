import Primitives

/// Vectors of Ollama's `POST /api/embed`.
enum OllamaEmbeddings {
    static func encode(_ request: EmbeddingRequest, model: String) throws(ModelRequestError) -> ProviderCall {
        guard case .texts(let texts) = request.input else { throw .unsupported("input", by: "ollama", "token numbers") }
        if let field = request.extensions.first { throw .unsupported(field.name, by: "ollama") }
        var json = JSONBuilder(capacity: 1024)
        json.object { json in
            json.member("model", model)
            json.array("input") { json in
                for text in texts { json.value(text) }
            }
            // A text that does not fit is an error, as it is with other providers.
            json.member("truncate", false)
            json.member("dimensions", ifPresent: request.dimensions)
        }
        return ProviderCall(
            path: "/api/embed", headers: [.init(name: "content-type", value: "application/json")], body: json.bytes)
    }

    static func decode(_ body: Bytes) throws(ProviderFailure) -> EmbeddingResponse {
        let root = try JSONTape.answer(body).root
        guard let list = root.present("embeddings") else { throw .malformed("the answer has no embeddings") }
        var vectors: [[Float]] = []
        for node in list.elements { vectors.append(try OpenAIEmbeddings.vector(node)) }
        let usage = ModelUsage(input: root.count("prompt_eval_count"))
        return EmbeddingResponse(model: root["model"]?.string ?? "", vectors: vectors, usage: usage)
    }
}
