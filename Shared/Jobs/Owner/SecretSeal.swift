import Contracts
import Cryptography
package import Primitives

/// Keeps the secrets among parameters unreadable wherever jobs are stored: in rows, orders, queues and blobs.
///
/// Equal secrets have equal seals, so that identical jobs are still known by their parameters: the nonce is derived from the
/// secret itself (a synthetic initialization vector; P. Rogaway and T. Shrimpton, "Deterministic Authenticated-Encryption",
/// EUROCRYPT 2006).
package struct SecretSeal: Sendable {
    /// The only member of an object that stands for a sealed value.
    private static let member = "sealed"
    private let cipherKey: Bytes
    private let nonceKey: Bytes

    /// - Parameter key: the service's; keys for this use are derived from it. Without the same key nothing can be opened.
    package init(key: Bytes) {
        cipherKey = HMACSHA256.authenticate(Bytes("avstudio job secrets: cipher".utf8), key: key)
        nonceKey = HMACSHA256.authenticate(Bytes("avstudio job secrets: nonce".utf8), key: key)
    }

    /// - Returns: the parameters with their secrets sealed; those that are sealed already stay.
    func sealed(_ parameters: JSONValue, of operation: AnyOperation) -> JSONValue {
        guard case .object(var members) = parameters else { return parameters }
        for field in operation.fields where field.isSecret { members[field.name] = members[field.name].map(sealed) }
        return .object(members)
    }

    func sealed(_ value: JSONValue) -> JSONValue {
        guard case .string(let text) = value else { return value }
        let secret = Bytes(text.utf8)
        let nonce = Bytes(HMACSHA256.authenticate(secret, key: nonceKey).prefix(AES256GCM.nonceLength))
        return [Self.member: .string(Base64.encode(nonce + AES256GCM.seal(secret, key: cipherKey, nonce: nonce)))]
    }

    /// - Returns: the secrets among the parameters, by name.
    /// - Throws: `JobProblem` with `secret-unreadable`.
    func secrets(of parameters: JSONValue, _ operation: AnyOperation) throws(JobProblem) -> [String: JSONValue] {
        var secrets: [String: JSONValue] = [:]
        for field in operation.fields where field.isSecret {
            if let value = parameters[field.name] { secrets[field.name] = try opened(value) }
        }
        return secrets
    }

    /// - Returns: what was sealed; a value that was not stays.
    /// - Throws: `JobProblem` with `secret-unreadable` when it was sealed with another key.
    func opened(_ value: JSONValue) throws(JobProblem) -> JSONValue {
        guard let text = value[Self.member]?.stringValue else { return value }
        let bytes = Base64.decode(text) ?? []
        let nonce = Array(bytes.prefix(AES256GCM.nonceLength))
        guard let secret = AES256GCM.open(Array(bytes.dropFirst(nonce.count)), key: cipherKey, nonce: nonce) else {
            throw JobProblem(
                code: "secret-unreadable",
                message: "a secret of this job was sealed with another key of the service; submit it anew")
        }
        return .string(String(decoding: secret, as: UTF8.self))
    }
}
