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
    /// What does not go on, beside labels.
    private let unsent: [Adjustment]

    /// - Throws: `ModelRequestError` for what is no JSON, has a field twice, one of those fields with a wrong type, or one that is
    ///   refused or not known.
    package init(_ body: Bytes, door: Door) throws(ModelRequestError) {
        let root = try JSONTape.request(body).root.checkedObject()
        var (stream, includeUsage, choices) = (false, door != .openAIChat, 1)
        var limit: Int?
        var unsent: [Adjustment] = []
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
            default:
                try KnownFields.check(name, value, door: door)
                if let reason = KnownFields.reasonUnsent(name, door: door) {
                    unsent.append(Adjustment(field: name, explanation: reason))
                }
            }
        }
        _ = try root.required(door == .openAIResponses ? "input" : "messages")
        model = try root.required("model").checkedString()
        (self.stream, self.includeUsage, self.choices, maximumTokens) = (stream, includeUsage, choices, limit)
        (self.door, self.root, self.unsent) = (door, root, unsent)
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
        call.adjustments = unsent
        var labels = metadata.flatMap(OwnLabels.rest)
        // The dialects have ways of their own with labels; OpenAI refuses them for answers that it does not keep.
        if labels != nil, door == .openAIChat, profile.dialect == .openAI {
            labels = nil
            call.adjustments.append(.labels(profile))
        }
        call.body = body(model: model, labels: labels, thinks: profile.thinks)
        return call
    }

    /// - Parameters:
    ///   - labels: what goes on of the metadata.
    ///   - thinks: whether the model thinks before it answers.
    private func body(model: String, labels: RawJSON?, thinks: Bool) -> Bytes {
        var name = JSONBuilder(capacity: model.utf8.count + 2)
        name.value(model)
        var edits: [JSONEdit] = []
        if let node = root["model"] { edits.append(JSONEdit(range: node.range, text: name.bytes)) }
        if stream, !includeUsage { edits.append(usageEdit) }
        if door == .openAIResponses, root.present("store") == nil {
            edits.append(edit("store", to: Bytes("false".utf8)))
            // Who relies on OpenAI to keep answers gives its reasoning back by its name alone.
            if thinks { edits.append(edit("include", to: ResponsesProof.asked(beside: root.present("include")).bytes)) }
        }
        var removed = Set(unsent.map(\.field))
        if let metadata, let labels {
            edits.append(JSONEdit(range: metadata.range, text: labels.bytes))
        } else if metadata != nil {
            removed.insert("metadata")
        }
        if !removed.isEmpty { edits += JSONEdit.removing(removed, from: root) }
        return JSONEdit.apply(edits, to: root.tape.bytes)
    }

    /// Gives a member another value, and puts it in front where it is not there.
    private func edit(_ name: StaticString, to value: Bytes) -> JSONEdit {
        if let member = root[name] { return JSONEdit(range: member.range, text: value) }
        let start = root.range.lowerBound + 1
        return JSONEdit(range: start..<start, text: Bytes("\"\(name)\":".utf8) + value + [UInt8(ascii: ",")])
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

    /// Takes members out of an object that keeps at least one, with their names and the commas that part them.
    static func removing(_ names: Set<String>, from object: JSONNode) -> [JSONEdit] {
        var edits: [JSONEdit] = []
        var (kept, run): (end: Int, start: Int?) = (object.range.lowerBound + 1, nil)
        var end = kept
        object.members { name, value in
            let start = JSONNode(tape: value.tape, index: value.index - 1).range.lowerBound
            end = value.range.upperBound
            if names.contains(name) {
                run = run ?? start
            } else {
                if let first = run { edits.append(JSONEdit(range: first..<start, text: [])) }
                (kept, run) = (end, nil)
            }
        }
        if run != nil { edits.append(JSONEdit(range: kept..<end, text: [])) }
        return edits
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
