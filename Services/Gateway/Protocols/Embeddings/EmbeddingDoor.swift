import Cryptography
package import Primitives

/// `POST /v1/embeddings` as OpenAI's SDKs speak it.
package enum EmbeddingDoor {
    /// Most inputs of one call. Source: OpenAI API reference, "Create embeddings".
    package static let maximumInputs = 2048

    /// Reads a caller's request.
    /// - Throws: `ModelRequestError` naming the field that does not fit.
    package static func decode(_ body: Bytes) throws(ModelRequestError) -> EmbeddingRequest {
        let root = try JSONTape.request(body).root.checkedObject()
        var request = EmbeddingRequest(
            model: try root.required("model").checkedString(), input: try input(root.required("input")))
        try root.checkedMembers { (name, value) throws(ModelRequestError) in
            switch name {
            case "model", "input": break
            case "dimensions": request.dimensions = try value.checkedInteger(in: 1...65536)
            case "encoding_format":
                guard let encoding = EmbeddingRequest.Encoding(rawValue: try value.checkedString()) else {
                    throw value.fault(.outOfRange, "the encodings are: float, base64")
                }
                request.encoding = encoding
            case "user": request.user = try value.checkedString()
            default:
                try KnownFields.checkEmbedding(name, value)
                request.extensions.append(ProtocolExtension(family: .openAIChat, name: name, value: value.raw))
            }
        }
        return request
    }

    private static func input(_ node: JSONNode) throws(ModelRequestError) -> EmbeddingRequest.Input {
        if let text = node.string { return .texts([text]) }
        let elements = try node.checkedElements()
        guard !elements.isEmpty, elements.count <= maximumInputs else {
            throw node.fault(.outOfRange, "between 1 and \(maximumInputs) inputs are possible")
        }
        if elements[0].isString {
            var texts: [String] = []
            for element in elements { texts.append(try element.checkedString()) }
            return .texts(texts)
        }
        guard elements[0].isArray else { return .tokens([try tokens(elements)]) }
        var lists: [[Int]] = []
        for element in elements { lists.append(try tokens(element.checkedElements())) }
        return .tokens(lists)
    }

    private static func tokens(_ nodes: [JSONNode]) throws(ModelRequestError) -> [Int] {
        var tokens: [Int] = []
        for node in nodes { tokens.append(try node.checkedInteger()) }
        return tokens
    }

    /// Writes the answer in the encoding that the caller asked for.
    package static func encode(_ response: EmbeddingResponse, for request: EmbeddingRequest) -> Bytes {
        var json = JSONBuilder(capacity: 256 + response.vectors.reduce(0) { $0 + $1.count } * 12)
        json.object { json in
            json.member("object", "list" as StaticString)
            json.array("data") { json in
                for (index, vector) in response.vectors.enumerated() {
                    json.object { json in
                        json.member("object", "embedding" as StaticString)
                        json.member("index", index)
                        write(vector, request.encoding, to: &json)
                    }
                }
            }
            json.member("model", response.model.isEmpty ? request.model : response.model)
            json.object("usage") { json in
                json.member("prompt_tokens", response.usage.input)
                json.member("total_tokens", response.usage.input)
            }
        }
        return json.bytes
    }

    private static func write(_ vector: [Float], _ encoding: EmbeddingRequest.Encoding, to json: inout JSONBuilder) {
        switch encoding {
        case .float:
            json.array("embedding") { json in
                for number in vector { json.value(number) }
            }
        case .base64:
            let bits = vector.map(\.bitPattern.littleEndian)
            json.member("embedding", Base64.encode(bits.withUnsafeBytes { Bytes($0) }))
        }
    }
}

extension EmbeddingRequest {
    /// What some models put around each input.
    private static let marks = 4

    /// The most tokens that all inputs together can have: a token has a byte at least.
    package var mostTokens: Int {
        switch input {
        case .texts(let texts): texts.reduce(0) { $0 + $1.utf8.count + Self.marks }
        case .tokens(let lists): lists.reduce(0) { $0 + $1.count + Self.marks }
        }
    }

    /// How many tokens the longest input is likely to have: a model takes each by itself.
    package var longestTokens: Int {
        switch input {
        case .texts(let texts): (texts.map(\.utf8.count).max() ?? 0) / 4
        case .tokens(let lists): lists.map(\.count).max() ?? 0
        }
    }

    /// How many vectors are wanted.
    package var inputCount: Int {
        switch input {
        case .texts(let texts): texts.count
        case .tokens(let lists): lists.count
        }
    }
}
