import Primitives

/// Vectors of the Gemini API, always through `batchEmbedContents`, which takes one text as well as many.
enum GeminiEmbeddings {
    static func encode(_ request: EmbeddingRequest, model: String) throws(ModelRequestError) -> ProviderCall {
        guard case .texts(let texts) = request.input else { throw .unsupported("input", by: "gemini", "token numbers") }
        if let field = request.extensions.first { throw .unsupported(field.name, by: "gemini") }
        var json = JSONBuilder(capacity: 1024)
        json.object { json in
            json.array("requests") { json in
                for text in texts {
                    json.object { json in
                        json.member("model", model.contains("/") ? model : "models/" + model)
                        json.object("content") { $0.array("parts") { $0.object { $0.member("text", text) } } }
                        json.member("outputDimensionality", ifPresent: request.dimensions)
                    }
                }
            }
        }
        return ProviderCall(
            path: GeminiRequestEncoder.path(model: model, method: "batchEmbedContents"),
            headers: [.init(name: "content-type", value: "application/json")], body: json.bytes)
    }

    static func decode(_ body: Bytes, model: String) throws(ProviderFailure) -> EmbeddingResponse {
        let root = try JSONTape.answer(body).root
        guard let list = root.present("embeddings") else { throw .malformed("the answer has no embeddings") }
        var vectors: [[Float]] = []
        for node in list.elements { vectors.append(try OpenAIEmbeddings.vector(node["values"])) }
        let usage = root.present("usageMetadata").map(GeminiAnswer.usage) ?? ModelUsage()
        return EmbeddingResponse(model: model, vectors: vectors, usage: usage)
    }
}
