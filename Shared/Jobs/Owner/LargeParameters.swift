import Blobs
import Cryptography
import Primitives

/// Parameters that are too large for a message travel as a blob, which the order names.
/// Source: G. Hohpe and B. Woolf, "Enterprise Integration Patterns", claim check.
struct LargeParameters: Sendable {
    /// Bytes of JSON that an order carries itself; messages stay well below nats-server's `max_payload`.
    static let limit = 32 << 10

    let bytes: Bytes
    var digest: String { "sha256:" + Hex.encode(SHA256.hash(bytes)) }

    /// - Parameter parameters: canonical ones, so that the same always have the same digest.
    /// - Returns: `nil` when they are not large.
    init?(_ parameters: JSONValue?) {
        guard let bytes = parameters?.serialized(), bytes.count > Self.limit else { return nil }
        self.bytes = bytes
    }

    /// Stores them, held for a job.
    func store(in blobs: any BlobStore, owner: BlobOwner) async throws {
        let writer = try await blobs.writer()
        try await writer.append(bytes)
        _ = try await writer.commit(owner: owner)
    }
}
