import Cryptography
import Primitives

/// Vectors of providers that speak OpenAI's protocol.
enum OpenAIEmbeddings {
    static func encode(
        _ request: EmbeddingRequest, model: String, profile: ProviderProfile
    ) throws(ModelRequestError) -> ProviderCall {
        if let field = request.extensions.first(where: { $0.family != .openAIChat }) {
            throw .unsupported(field.name, by: profile.name)
        }
        var json = JSONBuilder(capacity: 1024)
        json.object { json in
            json.member("model", model)
            json.array("input") { json in
                switch request.input {
                case .texts(let texts): for text in texts { json.value(text) }
                case .tokens(let lists):
                    for list in lists { json.array { json in for token in list { json.value(token) } } }
                }
            }
            json.member("dimensions", ifPresent: request.dimensions)
            // Base64 is a quarter of the size and exact, but not every server knows it.
            json.member("encoding_format", profile.dialect == .openAI ? "base64" : "float" as StaticString)
            json.member("user", ifPresent: profile.dialect == .openAI ? request.user : nil)
            for field in request.extensions {
                json.key(named: field.name)
                json.value(field.value)
            }
        }
        return ProviderCall(
            path: "/embeddings", headers: [.init(name: "content-type", value: "application/json")], body: json.bytes)
    }

    static func decode(_ body: Bytes) throws(ProviderFailure) -> EmbeddingResponse {
        let root = try JSONTape.answer(body).root
        if let error = root.present("error") { throw OpenAIFailure.decode(error, status: 0) }
        guard let list = root.present("data"), list.isArray else { throw .malformed("the answer has no data") }
        var vectors: [(index: Int, vector: [Float])] = []
        for (position, node) in list.elements.enumerated() {
            vectors.append((node["index"]?.integer ?? position, try vector(node["embedding"])))
        }
        let usage = root.present("usage").map(OpenAIUsage.decode) ?? ModelUsage()
        return EmbeddingResponse(
            model: root["model"]?.string ?? "", vectors: vectors.sorted { $0.index < $1.index }.map(\.vector), usage: usage)
    }

    /// A vector as a list of numbers or as base64.
    static func vector(_ node: JSONNode?) throws(ProviderFailure) -> [Float] {
        if let text = node?.string {
            guard let bytes = Base64.decode(text), bytes.count % 4 == 0 else { throw .malformed("a vector is not base64") }
            return stride(from: 0, to: bytes.count, by: 4).map { offset in
                Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) })
            }
        }
        guard let node, node.isArray else { throw .malformed("an embedding has no vector") }
        var vector: [Float] = []
        for element in node.elements {
            guard let number = element.number else { throw .malformed("a vector holds something else than numbers") }
            vector.append(Float(number))
        }
        return vector
    }
}
