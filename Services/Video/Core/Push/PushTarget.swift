import FoundationEssentials
import Jobs

/// An RTMP server and its application.
struct PushTarget: Sendable, Equatable {
    /// As others call the server: `rtmp://live.example/app`.
    let url: String
    let peer: PeerAddress
    let application: String

    /// - Parameter url: `rtmp://host[:port]/application`, without the stream's key.
    /// - Throws: `PushError.badTarget`, which does not repeat it: the key may be in it after all.
    init(_ url: String) throws(PushError) {
        guard let parts = URLComponents(string: url), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .badTarget("is no URL")
        }
        guard parts.scheme?.lowercased() == "rtmp" else { throw .badTarget("is not one of rtmp://") }
        guard let host = parts.host, !host.isEmpty else { throw .badTarget("names no host") }
        guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
            throw .badTarget("has more than host, port and path; secrets belong into stream_key")
        }
        application = String(parts.path.split(separator: "/", omittingEmptySubsequences: true).joined(separator: "/"))
        guard !application.isEmpty else { throw .badTarget("names no application, as in rtmp://host/live") }
        let port = parts.port ?? 1935
        guard (1...65_535).contains(port) else { throw .badTarget("has no good port") }
        let bare = host.filter { $0 != "[" && $0 != "]" }
        peer = PeerAddress(host: bare, port: port)
        self.url = "rtmp://\(bare.contains(":") ? "[\(bare)]" : bare):\(port)/\(application)"
    }
}
