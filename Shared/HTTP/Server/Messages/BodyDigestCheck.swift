import Cryptography
import HTTP
import Primitives
import Synchronization

/// Compares the bytes of a body, as they pass, with the digest that they must have.
final class BodyDigestCheck: Sendable {
    private let expected: Bytes
    private let hash = Mutex<SHA256?>(SHA256())

    /// - Parameter expected: the SHA-256.
    init(_ expected: Bytes) {
        self.expected = expected
    }

    func update(_ bytes: Bytes) {
        hash.withLock { $0?.update(bytes) }
    }

    /// At the end of the body; a second time does nothing.
    /// - Throws: `Problem` 400 when it is another body.
    func finish() throws(Problem) {
        guard let hash = hash.withLock({ $0.take() }) else { return }
        guard hash.finalize() == expected else {
            throw Problem(
                status: .badRequest, code: "content-digest-mismatch", "the body is not the one that was signed",
                field: "Content-Digest")
        }
    }
}
