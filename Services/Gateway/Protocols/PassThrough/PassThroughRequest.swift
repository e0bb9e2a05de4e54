package import Primitives

/// A request that goes to a provider of its own protocol: it is checked to be JSON with `KnownFields` alone, the few of them that
/// the gateway needs are read, and all goes on byte for byte.
package struct PassThroughRequest: Sendable {
    /// The model as the caller named it.
    package let model: String
    /// Whether the answer should come piece by piece.
    package let stream: Bool
    /// Whether the caller asked for the usage at the end of a stream.
    package let includeUsage: Bool
    /// Most tokens of an answer.
    package let maximumTokens: Int?
    /// How many answers.
    package let choices: Int
    /// What routing needs to know.
    package let traits: RequestTraits
    /// What the caller labels the call with.
    package var metadata: JSONNode? { root["metadata"] }
    /// The protocol in which the caller speaks.
    package let door: Door
    private let root: JSONNode

    /// - Throws: `ModelRequestError` for what is no JSON, has a field twice, one of those fields with a wrong type, or one that is
    ///   refused or not known.
    package init(_ body: Bytes, door: Door) throws(ModelRequestError) {
        let root = try JSONTape.request(body).root.checkedObject()
        var (stream, includeUsage, choices) = (false, door != .openAIChat, 1)
        var limit: Int?
        try root.checkedMembers { (name, value) throws(ModelRequestError) in
            switch name {
            case "stream": stream = try value.checkedBool()
            case "stream_options" where door == .openAIChat:
                includeUsage = try value.checkedObject().present("include_usage")?.checkedBool() ?? false
            // Another door's name for the limit would bind nobody but the budgets.
            case "max_tokens" where door != .openAIResponses, "max_completion_tokens" where door == .openAIChat,
                "max_output_tokens" where door == .openAIResponses:
                // The larger of two limits is the one that may have to be paid.
                limit = max(limit ?? 1, try value.checkedInteger(in: ModelRequest.tokenRange))
            case "metadata": _ = try value.checkedObject()
            case "n" where door == .openAIChat: choices = try value.checkedInteger(in: 1...128)
            case "messages" where door != .openAIResponses:
                guard try !value.checkedElements().isEmpty else { throw value.fault(.invalid, "at least one message is needed") }
            default: try KnownFields.check(name, value, door: door)
            }
        }
        _ = try root.required(door == .openAIResponses ? "input" : "messages")
        model = try root.required("model").checkedString()
        (self.stream, self.includeUsage, self.choices, maximumTokens) = (stream, includeUsage, choices, limit)
        (self.door, self.root) = (door, root)
        traits = RequestTraits(scanning: root)
    }

    /// Whether the request can go to a provider as it is: the protocol must be the door's own, and a dialect must know the
    /// caller's words; else it has to be decoded and encoded.
    package func fits(_ profile: ProviderProfile) -> Bool {
        switch (door, profile.wire) {
        case (.anthropic, .anthropic), (.openAIResponses, .openAIResponses): return true
        case (.openAIChat, .openAIChat):
            if profile.dialect == .openAI || profile.dialect == .openRouter { return true }
            guard root["max_completion_tokens"] == nil, root["functions"] == nil else { return false }
            return !(root["messages"]?.elements ?? []).contains { $0["role"]?.equals("developer") == true }
        default: return false
        }
    }

    /// The call, with the provider's own name of the model; a stream always asks for its usage, by which it is charged.
    package func call(model: String, profile: ProviderProfile) -> ProviderCall {
        let headers: [ProviderCall.Header] = [.init(name: "content-type", value: "application/json")]
        var call: ProviderCall
        switch door {
        case .openAIResponses: call = ProviderCall(path: "/responses", headers: headers)
        case .anthropic: call = ProviderCall(path: "/v1/messages", headers: AnthropicRequestEncoder.headers)
        case .openAIChat, .plain: call = ProviderCall(path: "/chat/completions", headers: headers)
        }
        var labels = metadata.flatMap(OwnLabels.rest)
        // The dialects have ways of their own with labels; OpenAI refuses them for answers that it does not keep.
        if labels != nil, door == .openAIChat, profile.dialect == .openAI {
            labels = nil
            call.adjustments.append(.labels(profile))
        }
        call.body = body(model: model, labels: labels)
        return call
    }

    /// - Parameter labels: what goes on of the metadata.
    private func body(model: String, labels: RawJSON?) -> Bytes {
        var name = JSONBuilder(capacity: model.utf8.count + 2)
        name.value(model)
        var edits: [JSONEdit] = []
        if let node = root["model"] { edits.append(JSONEdit(range: node.range, text: name.bytes)) }
        if stream, !includeUsage { edits.append(usageEdit) }
        if door == .openAIResponses, root.present("store") == nil { edits.append(storeEdit) }
        if let metadata {
            edits.append(labels.map { JSONEdit(range: metadata.range, text: $0.bytes) } ?? JSONEdit(removing: metadata))
        }
        return JSONEdit.apply(edits, to: root.tape.bytes)
    }

    /// Answers are kept by nobody, which OpenAI does where nothing is said.
    private var storeEdit: JSONEdit {
        if let store = root["store"] { return JSONEdit(range: store.range, text: Bytes("false".utf8)) }
        let start = root.range.lowerBound + 1
        return JSONEdit(range: start..<start, text: Bytes(#""store":false,"#.utf8))
    }

    /// Puts `include_usage` into the stream's options, beside what is there.
    private var usageEdit: JSONEdit {
        let start = root.range.lowerBound + 1
        guard let options = root["stream_options"] else {
            return JSONEdit(range: start..<start, text: Bytes(#""stream_options":{"include_usage":true},"#.utf8))
        }
        var json = JSONBuilder(capacity: 64)
        json.object { json in
            options.members { name, value in
                guard name != "include_usage" else { return }
                json.key(named: name)
                json.value(value.raw)
            }
            json.member("include_usage", true)
        }
        return JSONEdit(range: options.range, text: json.bytes)
    }
}

/// Replaces one piece of a text.
struct JSONEdit {
    let range: Range<Int>
    let text: Bytes

    init(range: Range<Int>, text: Bytes) {
        (self.range, self.text) = (range, text)
    }

    /// Takes out a member of an object, which has others, with its name and the comma that parts them.
    init(removing value: JSONNode) {
        let bytes = value.tape.bytes
        var start = JSONNode(tape: value.tape, index: value.index - 1).range.lowerBound
        var end = bytes[value.range.upperBound...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? bytes.count
        if end < bytes.count, bytes[end] == UInt8(ascii: ",") {
            end += 1
        } else {
            start = bytes[..<start].lastIndex(of: UInt8(ascii: ",")) ?? start
        }
        self.init(range: start..<end, text: [])
    }

    /// - Parameter edits: ranges that do not overlap, in any order.
    static func apply(_ edits: [JSONEdit], to bytes: Bytes) -> Bytes {
        var result = Bytes()
        result.reserveCapacity(edits.reduce(bytes.count) { $0 + $1.text.count })
        var copied = 0
        let places = { (range: Range<Int>) in (range.lowerBound, range.upperBound) }
        for edit in edits.sorted(by: { places($0.range) < places($1.range) }) {
            result.append(contentsOf: bytes[copied..<edit.range.lowerBound])
            result.append(contentsOf: edit.text)
            copied = edit.range.upperBound
        }
        result.append(contentsOf: bytes[copied...])
        return result
    }
}
