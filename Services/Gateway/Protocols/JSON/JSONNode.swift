import Primitives

/// One value of a `JSONTape`. Readers that give `nil` on a wrong type serve providers' answers; `JSONNode+Checked.swift` has the
/// ones that throw, for callers' requests.
package struct JSONNode: Sendable {
    let tape: JSONTape
    let index: Int

    var token: JSONToken { tape.tokens[index] }
    var kind: JSONToken.Kind { tape.tokens[index].kind }

    /// Whether the value is null.
    package var isNull: Bool { if case .null = kind { true } else { false } }
    /// Whether the value is an object.
    package var isObject: Bool { if case .object = kind { true } else { false } }
    /// Whether the value is an array.
    package var isArray: Bool { if case .array = kind { true } else { false } }
    /// Whether the value is a string.
    package var isString: Bool {
        switch kind {
        case .string, .escapedString: true
        default: false
        }
    }

    /// Whether the value says nothing: null, `[]` or `{}`.
    var isEmpty: Bool { isNull || ((isObject || isArray) && Int(token.next) == index + 1) }

    /// Offsets of the value's bytes in the tape, quotes included.
    package var range: Range<Int> {
        let token = token
        let quote = isString ? 1 : 0
        return (Int(token.start) - quote)..<(Int(token.end) + quote)
    }

    /// The value as the JSON text it was.
    package var raw: RawJSON { RawJSON(unchecked: Bytes(tape.bytes[range])) }

    /// The text, escapes resolved; half a surrogate pair becomes U+FFFD.
    package var string: String? {
        let token = token
        let range = Int(token.start)..<Int(token.end)
        switch token.kind {
        case .string:
            return tape.bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
        case .escapedString: return JSONEscapes.resolved(tape.bytes[range])
        default: return nil
        }
    }

    /// The value when it is true or false.
    package var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The value when it is a whole number that fits, written with or without a fraction of zero.
    package var integer: Int? {
        switch kind {
        case .integer:
            var value = 0
            var digits = tape.bytes[Int(token.start)..<Int(token.end)]
            let isNegative = digits.first == UInt8(ascii: "-")
            if isNegative { digits = digits.dropFirst() }
            for digit in digits {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.subtractingReportingOverflow(Int(digit &- 0x30))
                if overflow || carry { return nil }
                value = sum
            }
            if isNegative { return value }
            return value == Int.min ? nil : -value
        case .number: return number.flatMap { Int(exactly: $0) }
        default: return nil
        }
    }

    /// The value when it is a number that a `Double` can hold.
    package var number: Double? {
        guard kind == .integer || kind == .number else { return nil }
        let value = Double(String(decoding: tape.bytes[Int(token.start)..<Int(token.end)], as: UTF8.self))
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The members of an object, in order; nothing for other values.
    package func members<E: Error>(_ each: (_ name: String, _ value: JSONNode) throws(E) -> Void) throws(E) {
        guard isObject else { return }
        let end = Int(token.next)
        var child = index + 1
        while child < end {
            let name = JSONNode(tape: tape, index: child).string ?? ""
            let value = JSONNode(tape: tape, index: child + 1)
            try each(name, value)
            child = Int(value.token.next)
        }
    }

    /// The elements of an array, in order; empty for other values.
    package var elements: [JSONNode] {
        guard isArray else { return [] }
        let end = Int(token.next)
        var child = index + 1
        var nodes: [JSONNode] = []
        while child < end {
            nodes.append(JSONNode(tape: tape, index: child))
            child = Int(tape.tokens[child].next)
        }
        return nodes
    }

    /// The member of that name; the last one when it is there more than once, as other readers take it.
    package subscript(name: StaticString) -> JSONNode? {
        tape.place(of: name, in: index).map { JSONNode(tape: tape, index: $0) }
    }

    /// The member of that name when it is there and not null.
    package func present(_ name: StaticString) -> JSONNode? {
        self[name].flatMap { $0.isNull ? nil : $0 }
    }

    /// Whether the value is this text.
    func equals(_ text: StaticString) -> Bool {
        let token = token
        return tape.bytes.withUnsafeBufferPointer { token.equals(text, in: $0) }
    }
}
