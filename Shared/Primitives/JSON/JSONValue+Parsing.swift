import FoundationEssentials

extension JSONValue {
    /// Parses one JSON document.
    /// - Parameters:
    ///   - bytes: UTF-8 text; of members with the same name the last counts.
    ///   - isExact: whether a whole number beyond `Int64` is refused; otherwise it becomes the `Double` that is next to it.
    /// - Throws: `JSONError` when the bytes are not valid UTF-8 JSON, hold a number that no `Double` can, or exceed the limits of
    ///   `JSONParser`.
    package init(parsing bytes: Bytes, isExact: Bool = false) throws(JSONError) {
        do {
            let tokens = try JSONParser.tokens(of: bytes)
            self = try bytes.withUnsafeBufferPointer { text in
                var reader = JSONValueReader(text: text, tokens: tokens, isExact: isExact)
                return try reader.value()
            }
        } catch {
            throw JSONError(error)
        }
    }
}

/// Makes values of a parsed text's tokens, from the first to the last.
private struct JSONValueReader {
    let text: UnsafeBufferPointer<UInt8>
    let tokens: [JSONToken]
    let isExact: Bool
    private var index = 0

    init(text: UnsafeBufferPointer<UInt8>, tokens: [JSONToken], isExact: Bool) {
        (self.text, self.tokens, self.isExact) = (text, tokens, isExact)
    }

    mutating func value() throws(JSONSyntaxError) -> JSONValue {
        let token = tokens[index]
        index += 1
        switch token.kind {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .integer, .number: return try number(token)
        case .string, .escapedString: return .string(string(token))
        case .array:
            var elements: [JSONValue] = []
            while index < token.next { elements.append(try value()) }
            return .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            while index < token.next {
                let name = string(tokens[index])
                index += 1
                members[name] = try value()
            }
            return .object(members)
        }
    }

    private func characters(_ token: JSONToken) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: text[Int(token.start)..<Int(token.end)])
    }

    private func string(_ token: JSONToken) -> String {
        token.kind == .string
            ? String(decoding: characters(token), as: UTF8.self) : JSONEscapes.resolved(ArraySlice(characters(token)))
    }

    /// Whole numbers stay whole, however they are written.
    private func number(_ token: JSONToken) throws(JSONSyntaxError) -> JSONValue {
        let digits = String(decoding: characters(token), as: UTF8.self)
        if token.kind == .integer, let value = Int64(digits) { return .integer(value) }
        guard let value = Double(digits), value.isFinite, token.kind == .number || !isExact else {
            throw JSONSyntaxError(message: "a number is out of range", offset: Int(token.start))
        }
        return Int64(exactly: value).map(JSONValue.integer) ?? .number(value)
    }
}
