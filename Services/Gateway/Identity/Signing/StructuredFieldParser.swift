import Cryptography
import Primitives

/// Reads a dictionary of items and inner lists (RFC 8941, 4.2.2); what is not exactly that gives `nil`.
struct StructuredFieldParser {
    private var rest: Substring.UTF8View

    private init(_ text: String) {
        rest = text[...].utf8
    }

    /// - Parameter text: the field's value; more than 8 KiB are not read.
    static func dictionary(_ text: String) -> [String: FieldMember]? {
        guard text.utf8.count <= 8192 else { return nil }
        var parser = StructuredFieldParser(text)
        return parser.dictionary()
    }

    private mutating func dictionary() -> [String: FieldMember]? {
        var members: [String: FieldMember] = [:]
        skipSpaces()
        while !rest.isEmpty {
            guard let name = key(), let member = member() else { return nil }
            // A later member of the same name takes the place of an earlier one (RFC 8941, 4.2.2).
            members[name] = member
            skipSpaces(tabs: true)
            if rest.isEmpty { return members }
            guard take(",") else { return nil }
            skipSpaces(tabs: true)
            if rest.isEmpty { return nil }
        }
        return members
    }

    private mutating func member() -> FieldMember? {
        guard take("=") else { return parameters().map { .item(.bool(true), $0) } }
        if take("(") { return innerList() }
        guard let item = bareItem(), let parameters = parameters() else { return nil }
        return .item(item, parameters)
    }

    private mutating func innerList() -> FieldMember? {
        var items: [FieldMember.InnerItem] = []
        while !rest.isEmpty {
            skipSpaces()
            if take(")") { return parameters().map { .innerList(items, $0) } }
            guard let item = bareItem(), let parameters = parameters(), rest.first == 32 || rest.first == UInt8(ascii: ")") else {
                return nil
            }
            items.append(.init(item: item, parameters: parameters))
        }
        return nil
    }

    private mutating func parameters() -> Parameters? {
        var parameters = Parameters()
        while take(";") {
            skipSpaces()
            guard let name = key() else { return nil }
            var value = BareItem.bool(true)
            if take("=") {
                guard let item = bareItem() else { return nil }
                value = item
            }
            parameters.list.removeAll { $0.name == name }
            parameters.list.append((name, value))
        }
        return parameters
    }

    private mutating func key() -> String? {
        guard let first = rest.first, (97...122).contains(first) || first == UInt8(ascii: "*") else { return nil }
        return prefix { (97...122).contains($0) || (48...57).contains($0) || "_-.*".utf8.contains($0) }
    }

    private mutating func bareItem() -> BareItem? {
        switch rest.first {
        case UInt8(ascii: "\"")?: string()
        case UInt8(ascii: ":")?: bytes()
        case UInt8(ascii: "?")?: boolean()
        case UInt8(ascii: "-")?, (48...57)?: integer()
        default: token()
        }
    }

    private mutating func string() -> BareItem? {
        rest.removeFirst()
        var text = Bytes()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return .string(String(decoding: text, as: UTF8.self))
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), [UInt8(ascii: "\""), UInt8(ascii: "\\")].contains(escaped) else { return nil }
                text.append(escaped)
            case 0x20...0x7E: text.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private mutating func bytes() -> BareItem? {
        rest.removeFirst()
        let text = prefix { $0 != UInt8(ascii: ":") }
        guard take(":") else { return nil }
        return Base64.decode(text).map { .bytes($0) }
    }

    private mutating func boolean() -> BareItem? {
        rest.removeFirst()
        if take("1") { return .bool(true) }
        return take("0") ? .bool(false) : nil
    }

    /// At most 15 digits (RFC 8941, 3.3.1); decimals are used by none of these fields.
    private mutating func integer() -> BareItem? {
        let sign: Int64 = take("-") ? -1 : 1
        let digits = prefix { (48...57).contains($0) }
        guard digits.utf8.count <= 15, rest.first != UInt8(ascii: "."), let value = Int64(digits) else { return nil }
        return .integer(sign * value)
    }

    private mutating func token() -> BareItem? {
        guard let first = rest.first, (65...90).contains(first) || (97...122).contains(first) || first == UInt8(ascii: "*") else {
            return nil
        }
        return .token(
            prefix {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "!#$%&'*+-.^_`|~:/".utf8.contains($0)
            })
    }

    private mutating func prefix(_ isPart: (UInt8) -> Bool) -> String {
        let part = rest.prefix(while: isPart)
        rest = rest[part.endIndex...]
        return String(decoding: part, as: UTF8.self)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipSpaces(tabs: Bool = false) {
        rest = rest[(rest.firstIndex { $0 != 32 && !(tabs && $0 == 9) } ?? rest.endIndex)...]
    }
}
