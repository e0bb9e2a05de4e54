import Cryptography
package import Primitives

/// What makes two requests the same: SHA-256 of the request in canonical form, the model and who shares the answer.
package struct CacheKey: Sendable, Hashable {
    /// Members of a request that change nothing of its answer. Those of a stream are not among them: they add chunks to it.
    package static let irrelevant: Set<String> = ["stream", "user", "metadata", "store", "safety_identifier"]

    let digest: Bytes

    init(digest: Bytes) {
        self.digest = digest
    }

    /// - Parameters:
    ///   - request: the request as JSON. Order of members and the way numbers are written make no difference.
    ///   - model: the model that answers, by its id: an alias may come to mean another.
    ///   - scope: the identity from `CacheScope.identity`.
    package init(request: JSONValue, model: String, scope: String) {
        var request = request
        if case .object(let members) = request { request = .object(members.filter { !Self.irrelevant.contains($0.key) }) }
        self.init(canonical: request.serialized(), model: model, scope: scope)
    }

    /// - Parameter canonical: the request in a form in which equal requests are equal bytes.
    package init(canonical: Bytes, model: String, scope: String) {
        var hash = SHA256()
        // Lengths first: no part can pretend to be the beginning of the next.
        for part in [Bytes(model.utf8), Bytes(scope.utf8)] {
            hash.update(Bytes("\(part.count):".utf8))
            hash.update(part)
        }
        hash.update(canonical)
        digest = hash.finalize()
    }

    package static func == (a: CacheKey, b: CacheKey) -> Bool { a.digest == b.digest }

    /// The digest's first bytes are as good as any hash of it.
    package func hash(into hasher: inout Hasher) {
        digest.withUnsafeBytes { hasher.combine($0.loadUnaligned(as: UInt64.self)) }
    }
}
