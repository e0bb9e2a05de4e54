/// Reads JSON text (RFC 8259) into tokens, checking all of it, without copying any of it.
package struct JSONParser {
    /// How many arrays and objects may be inside each other.
    package static let maximumDepth = 128
    /// How many values a document may have: their tokens take 32 MB then, whatever the text's length.
    package static let maximumValues = 2_000_000

    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var tokens: [JSONToken] = []
    /// Whether a byte outside ASCII may have been seen, so that the encoding must be checked.
    private var mayHoldNonASCII = false

    private init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        tokens.reserveCapacity(min(text.count / 12 + 8, 4096))
    }

    /// Reads a whole document.
    /// - Parameter bytes: UTF-8 text under 4 GiB.
    /// - Returns: its values in the order in which they begin, names of members before their values.
    /// - Throws: `JSONSyntaxError` when it is no JSON, no valid UTF-8, too deep or has too many values.
    package static func tokens(of bytes: Bytes) throws(JSONSyntaxError) -> [JSONToken] {
        let parsed: Result<[JSONToken], JSONSyntaxError> = bytes.withUnsafeBufferPointer { text in
            var parser = JSONParser(text)
            do throws(JSONSyntaxError) {
                try parser.document()
                return .success(parser.tokens)
            } catch {
                return .failure(error)
            }
        }
        return try parsed.get()
    }

    private mutating func document() throws(JSONSyntaxError) {
        guard text.count < Int(UInt32.max) else { throw failure("the document is too long") }
        skipSpace()
        try value(depth: 0)
        skipSpace()
        guard position == text.count else { throw failure("there is text after the end of the document") }
        guard !mayHoldNonASCII || UTF8Repair.isValid(text) else { throw failure("the text is not valid UTF-8") }
    }

    private func failure(_ message: String) -> JSONSyntaxError {
        JSONSyntaxError(message: message, offset: position)
    }

    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func append(_ kind: JSONToken.Kind, _ start: Int, _ end: Int) {
        tokens.append(
            JSONToken(
                kind: kind, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: tokens.count + 1)))
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) {
        guard position < text.count else { throw failure("the document ends too early") }
        guard tokens.count < Self.maximumValues else { throw failure("the document has more than \(Self.maximumValues) values") }
        switch text[position] {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): try container(.object, close: UInt8(ascii: "}"), depth: depth + 1)
        case UInt8(ascii: "["): try container(.array, close: UInt8(ascii: "]"), depth: depth + 1)
        case UInt8(ascii: "t"): try word("true", .true)
        case UInt8(ascii: "f"): try word("false", .false)
        case UInt8(ascii: "n"): try word("null", .null)
        default: try number()
        }
    }

    private mutating func container(_ kind: JSONToken.Kind, close: UInt8, depth: Int) throws(JSONSyntaxError) {
        guard depth <= Self.maximumDepth else { throw failure("more than \(Self.maximumDepth) levels are inside each other") }
        let index = tokens.count
        append(kind, position, position)
        position += 1
        skipSpace()
        if position < text.count, text[position] == close {
            position += 1
        } else {
            try items(of: kind, close: close, depth: depth)
        }
        tokens[index].end = UInt32(truncatingIfNeeded: position)
        tokens[index].next = UInt32(truncatingIfNeeded: tokens.count)
    }

    private mutating func items(of kind: JSONToken.Kind, close: UInt8, depth: Int) throws(JSONSyntaxError) {
        while true {
            if kind == .object {
                guard position < text.count, text[position] == UInt8(ascii: "\"") else { throw failure("a field name is expected") }
                try string()
                skipSpace()
                guard position < text.count, text[position] == UInt8(ascii: ":") else { throw failure("a colon is expected") }
                position += 1
                skipSpace()
            }
            try value(depth: depth)
            skipSpace()
            guard position < text.count else { throw failure("the document ends too early") }
            let byte = text[position]
            guard byte == close || byte == UInt8(ascii: ",") else { throw failure("a comma or a closing bracket is expected") }
            position += 1
            if byte == close { return }
            skipSpace()
        }
    }

    private mutating func word(_ word: StaticString, _ kind: JSONToken.Kind) throws(JSONSyntaxError) {
        let count = word.utf8CodeUnitCount
        guard position + count <= text.count else { throw failure("a value is expected") }
        for index in 0..<count where text[position + index] != word.utf8Start[index] { throw failure("a value is expected") }
        append(kind, position, position + count)
        position += count
    }

    private mutating func string() throws(JSONSyntaxError) {
        let start = position + 1
        var isEscaped = false
        position = start
        while true {
            var isASCII = true
            position = JSONText.plainEnd(of: text, from: position, isASCII: &isASCII)
            if !isASCII { mayHoldNonASCII = true }
            guard position < text.count else { throw failure("a string has no end") }
            switch text[position] {
            case UInt8(ascii: "\""):
                append(isEscaped ? .escapedString : .string, start, position)
                position += 1
                return
            case UInt8(ascii: "\\"):
                isEscaped = true
                try escape()
            default:
                throw failure("a string holds a control character")
            }
        }
    }

    private mutating func escape() throws(JSONSyntaxError) {
        guard position + 1 < text.count else { throw failure("a string has no end") }
        switch text[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= text.count, text[(position + 2)..<(position + 6)].allSatisfy(\.isHexadecimalDigit) else {
                throw failure("an escape needs four hexadecimal digits")
            }
            position += 6
        default:
            throw failure("a string holds an unknown escape")
        }
    }

    private mutating func number() throws(JSONSyntaxError) {
        let start = position
        var kind = JSONToken.Kind.integer
        if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
        let whole = try digits()
        guard whole == 1 || text[position - whole] != UInt8(ascii: "0") else { throw failure("a number starts with zero") }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            kind = .number
            position += 1
            _ = try digits()
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            kind = .number
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") { position += 1 }
            _ = try digits()
        }
        append(kind, start, position)
    }

    private mutating func digits() throws(JSONSyntaxError) -> Int {
        let start = position
        while position < text.count, text[position] &- 0x30 < 10 { position += 1 }
        guard position > start else { throw failure("a value is expected") }
        return position - start
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool { self &- 0x30 < 10 || (self | 0x20) &- 0x61 < 6 }
}
