import Cryptography
package import Primitives

/// One signature of a request by HTTP Message Signatures (RFC 9421), with `hmac-sha256` (3.3.3).
///
/// Components are the derived ones of a request but `@query-param`, and header fields without parameters.
package struct MessageSignature: Sendable {
    /// Components of a signature at most.
    private static let maximumComponents = 32

    /// What is signed, in the order of signing.
    package let components: [String]
    package let keyID: String?
    package let nonce: String?
    package let created: Int64?
    package let expires: Int64?
    let parameters: Parameters
    let signature: Bytes

    /// Reads a signature of a request.
    /// - Parameter label: which one; the only one when `nil`.
    /// - Throws: `SignatureError`: `.missing`, `.component`.
    package init(of request: SignedRequest, label: String? = nil) throws(SignatureError) {
        guard let inputs = request.field("signature-input").flatMap(StructuredFieldParser.dictionary),
            let signatures = request.field("signature").flatMap(StructuredFieldParser.dictionary)
        else { throw .missing("Signature-Input and Signature are needed") }
        guard let label = label ?? (inputs.count == 1 ? inputs.keys.first : nil),
            case .innerList(let items, let parameters) = inputs[label],
            case .item(.bytes(let signature), _) = signatures[label]
        else { throw .missing("there must be one signature with one label") }
        guard items.count <= Self.maximumComponents else {
            throw .missing("it covers more than \(Self.maximumComponents) components")
        }
        var components: [String] = []
        for item in items {
            guard case .string(let name) = item.item, item.parameters.list.isEmpty, name == name.lowercased() else {
                throw .component(item.item.serialized + item.parameters.serialized)
            }
            // A component must not come twice (RFC 9421, 2.5).
            guard !components.contains(name) else { throw .component(name) }
            components.append(name)
        }
        if let algorithm = parameters["alg"], algorithm != .string("hmac-sha256") {
            throw .missing("the algorithm is not hmac-sha256")
        }
        (self.components, self.parameters, self.signature) = (components, parameters, signature)
        keyID = try Self.string(parameters, "keyid")
        nonce = try Self.string(parameters, "nonce")
        created = try Self.integer(parameters, "created")
        expires = try Self.integer(parameters, "expires")
    }

    /// Whether the signature is that of a key.
    /// - Throws: `SignatureError.component` when something is signed that the request has not.
    package func verifies(_ request: SignedRequest, key: Bytes) throws(SignatureError) -> Bool {
        let base = try Self.base(of: request, components, parameters)
        return !key.isEmpty && constantTimeEqual(HMACSHA256.authenticate(Bytes(base.utf8), key: key), signature)
    }

    /// The signature base (RFC 9421, 2.5).
    static func base(
        of request: SignedRequest, _ components: [String], _ parameters: Parameters
    ) throws(SignatureError) -> String {
        var lines = ""
        for name in components {
            guard let value = request.value(of: name) else { throw .component(name) }
            lines += "\(BareItem.string(name).serialized): \(value)\n"
        }
        return lines + "\"@signature-params\": " + input(components, parameters)
    }

    /// A member of `Signature-Input`.
    static func input(_ components: [String], _ parameters: Parameters) -> String {
        "(" + components.map { BareItem.string($0).serialized }.joined(separator: " ") + ")" + parameters.serialized
    }

    private static func string(_ parameters: Parameters, _ name: String) throws(SignatureError) -> String? {
        guard let value = parameters[name] else { return nil }
        guard case .string(let text) = value, text.utf8.count <= 256 else { throw .missing("\(name) is not a short text") }
        return text
    }

    private static func integer(_ parameters: Parameters, _ name: String) throws(SignatureError) -> Int64? {
        guard let value = parameters[name] else { return nil }
        guard case .integer(let number) = value else { throw .missing("\(name) is not a whole number") }
        return number
    }
}
