import FoundationEssentials

/// The bytes were not the JSON that was expected.
package struct JSONError: CodedError {
    package let message: String
    /// Where in the document, as a dotted path; empty at the top.
    package let path: String
    package var code: String { "invalid-json" }

    init(_ error: any Error) {
        if let syntax = error as? JSONSyntaxError {
            (message, path) = ("the text is not valid JSON: \(syntax.message) (byte \(syntax.offset))", "")
            return
        }
        guard let decoding = error as? DecodingError else {
            (message, path) = ("the text is not valid JSON", "")
            return
        }
        let context: DecodingError.Context
        var text: String
        switch decoding {
        case .typeMismatch(let type, let c): (context, text) = (c, "expected \(type)")
        case .valueNotFound(let type, let c): (context, text) = (c, "expected \(type), found null")
        case .keyNotFound(let key, let c): (context, text) = (c, "missing field \(key.stringValue)")
        case .dataCorrupted(let c): (context, text) = (c, c.codingPath.isEmpty ? "the text is not valid JSON" : c.debugDescription)
        @unknown default: (context, text) = (.init(codingPath: [], debugDescription: ""), "the text is not the JSON expected")
        }
        path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        if !path.isEmpty { text = "\(path): \(text)" }
        message = text
    }
}

/// Typed values to and from JSON bytes; keys are sorted so that equal values give equal bytes.
package enum JSON {
    /// - Throws: `EncodingError` for values that JSON can not hold.
    package static func encode(_ value: some Encodable) throws -> Bytes {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Bytes(try encoder.encode(value))
    }

    /// - Throws: `JSONError` naming the path of what does not fit.
    package static func decode<T: Decodable>(_ type: T.Type, from bytes: Bytes) throws(JSONError) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw JSONError(error)
        }
    }
}
