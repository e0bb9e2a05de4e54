import Cryptography
package import Primitives

/// Verifies the signed requests of server callers: method, host, path, query, body, time and a nonce are covered, and each request
/// passes once.
package struct RequestVerifier: Sendable {
    /// How old a signature may be.
    package static let window = Duration.minutes(5)
    /// How far ahead the caller's clock may be.
    package static let skew = Duration.seconds(30)

    private let nonces: NonceStore
    private let clock: @Sendable () -> Timestamp
    private let secrets: @Sendable (String) async throws -> [Bytes]

    /// - Parameters:
    ///   - nonces: the nonces that were used.
    ///   - clock: gives the present time.
    ///   - secrets: the secrets of a key by its name, the older one too while a rotation overlaps; none when it is unknown, revoked
    ///     or expired.
    package init(
        nonces: NonceStore, clock: @escaping @Sendable () -> Timestamp = Timestamp.now,
        secrets: @escaping @Sendable (_ keyID: String) async throws -> [Bytes]
    ) {
        (self.nonces, self.clock, self.secrets) = (nonces, clock, secrets)
    }

    /// - Parameters:
    ///   - request: as it was sent.
    ///   - body: the whole of it.
    /// - Returns: the name of the key.
    /// - Throws: `SignatureError`; what `secrets` throws; `DatabaseError`.
    package func verify(_ request: SignedRequest, body: Bytes) async throws -> String {
        let head = try await checkHead(request, hasBody: !body.isEmpty)
        if let digest = request.field("content-digest") {
            guard ContentDigest.matches(digest, body: body) else { throw SignatureError.digest }
        }
        try await use(head)
        return head.keyID
    }

    /// Verifies a request whose body somebody else reads, who must check it, and whose nonce is taken down by `use`.
    /// - Throws: `SignatureError`; what `secrets` throws; `DatabaseError`.
    package func verifyHead(_ request: SignedRequest) async throws -> VerifiedHead {
        var head = try await checkHead(request, hasBody: false)
        if head.coversBody {
            guard let signed = request.field("content-digest").flatMap(ContentDigest.sha256) else {
                throw SignatureError.component("content-digest without sha-256")
            }
            head.bodyDigest = signed
        }
        guard try await !nonces.isUsed(head.nonce, of: head.keyID) else { throw SignatureError.replayed }
        return head
    }

    /// A head whose signature is right.
    package struct VerifiedHead: Sendable {
        /// The name of the key.
        package let keyID: String
        /// The SHA-256 that the body must have: that of no bytes where no digest is signed.
        package fileprivate(set) var bodyDigest = SHA256.hash([])
        fileprivate let nonce: String
        fileprivate let expires: Timestamp
        fileprivate let coversBody: Bool
    }

    /// Lets a request pass, once. Last, so that only requests that would pass use a nonce up, and write to the disk.
    /// - Throws: `SignatureError.replayed`; `DatabaseError`.
    package func use(_ head: VerifiedHead) async throws {
        guard try await nonces.use(head.nonce, of: head.keyID, until: head.expires) else { throw SignatureError.replayed }
    }

    private func checkHead(_ request: SignedRequest, hasBody: Bool) async throws -> VerifiedHead {
        let signature = try MessageSignature(of: request)
        try checkCoverage(signature, hasBody: hasBody)
        guard let keyID = signature.keyID else { throw SignatureError.missing("keyid is needed") }
        guard let nonce = signature.nonce, (8...128).contains(nonce.utf8.count) else {
            throw SignatureError.missing("a nonce of 8 to 128 characters is needed")
        }
        let expires = try checkTime(signature)
        let keys = try await secrets(keyID)
        guard !keys.isEmpty else { throw SignatureError.keyUnknown }
        var isRight = false
        for key in keys where try signature.verifies(request, key: key) { isRight = true }
        guard isRight else { throw SignatureError.wrong }
        return VerifiedHead(
            keyID: keyID, nonce: nonce, expires: expires, coversBody: signature.components.contains("content-digest"))
    }

    private func checkCoverage(_ signature: MessageSignature, hasBody: Bool) throws(SignatureError) {
        let covered = Set(signature.components)
        let coversTarget = covered.contains("@target-uri")
        guard covered.contains("@method") else { throw .uncovered("@method") }
        guard coversTarget || covered.contains("@authority") else { throw .uncovered("@authority") }
        guard coversTarget || covered.contains("@request-target") || covered.isSuperset(of: ["@path", "@query"]) else {
            throw .uncovered("@path and @query")
        }
        if hasBody, !covered.contains("content-digest") { throw .uncovered("content-digest") }
    }

    /// - Returns: from when on the signature is too old.
    private func checkTime(_ signature: MessageSignature) throws(SignatureError) -> Timestamp {
        guard let created = signature.created else { throw .missing("created is needed") }
        let now = clock()
        let from = Timestamp(milliseconds: created * 1000)
        let until = from.advanced(by: Self.window)
        guard from <= now.advanced(by: Self.skew), until >= now else { throw .time }
        if let expires = signature.expires, Timestamp(milliseconds: expires * 1000) < now { throw .time }
        return until
    }
}
