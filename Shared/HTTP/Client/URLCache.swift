import Synchronization

/// URLs that were checked before: a client calls few of them, again and again.
final class URLCache: Sendable {
    /// Strangers choose URLs (webhooks): past this many all are forgotten.
    private static let capacity = 256
    private let known = Mutex<[String: RequestURL]>([:])

    /// - Throws: as `RequestURL.init`.
    func url(_ text: String) throws(HTTPClientError) -> RequestURL {
        if let url = known.withLock({ $0[text] }) { return url }
        let url = try RequestURL(text)
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known[text] = url
        }
        return url
    }
}
