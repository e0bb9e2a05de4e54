import Cryptography
import Primitives

/// A bare item of a structured field (RFC 8941, 3.3), of the types that signatures use.
enum BareItem: Sendable, Hashable {
    case integer(Int64)
    case string(String)
    case token(String)
    case bytes(Bytes)
    case bool(Bool)

    /// RFC 8941, 4.1.3.1.
    var serialized: String {
        switch self {
        case .integer(let value): String(value)
        case .string(let text):
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        case .token(let text): text
        case .bytes(let bytes): ":" + Base64.encode(bytes) + ":"
        case .bool(let value): value ? "?1" : "?0"
        }
    }
}

/// Parameters in their order (RFC 8941, 3.1.2).
struct Parameters: Sendable, Hashable {
    var list: [(name: String, value: BareItem)] = []

    subscript(name: String) -> BareItem? { list.first { $0.name == name }?.value }

    /// RFC 8941, 4.1.1.2.
    var serialized: String {
        list.map { $0.value == .bool(true) ? ";\($0.name)" : ";\($0.name)=\($0.value.serialized)" }.joined()
    }

    static func == (a: Parameters, b: Parameters) -> Bool { a.serialized == b.serialized }
    func hash(into hasher: inout Hasher) { hasher.combine(serialized) }
}

/// A member of a dictionary (RFC 8941, 3.2).
enum FieldMember: Sendable, Hashable {
    case item(BareItem, Parameters)
    case innerList([InnerItem], Parameters)

    struct InnerItem: Sendable, Hashable {
        var item: BareItem
        var parameters: Parameters
    }
}
