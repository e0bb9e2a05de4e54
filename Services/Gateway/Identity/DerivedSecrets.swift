import Cryptography
package import Primitives

/// Secrets that are computed from one master secret instead of being kept: the database holds only which there are, so that its
/// copies and backups give nothing away. Another master secret makes all of them invalid.
/// Source: HKDF-Expand of RFC 5869, 2.3, with SHA-256 and one block.
package struct DerivedSecrets: Sendable {
    private let master: Bytes

    /// - Parameter master: random bytes, at least 32.
    /// - Returns: `nil` for fewer bytes.
    package init?(master: Bytes) {
        guard master.count >= 32 else { return nil }
        self.master = master
    }

    /// - Parameters:
    ///   - purpose: what kind of secret it is; without a null character.
    ///   - id: whose secret it is.
    ///   - version: rises with each rotation.
    /// - Returns: 32 bytes.
    package func secret(for purpose: String, id: String, version: Int) -> Bytes {
        HMACSHA256.authenticate(Bytes("\(purpose)\u{0}\(version)\u{0}\(id)".utf8) + [1], key: master)
    }
}
