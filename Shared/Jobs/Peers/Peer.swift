/// Whom the process of a job may talk to, though it has no network.
package enum Peer: Sendable, Equatable {
    /// One server.
    case server(PeerAddress)
    /// Whichever server the process names by SOCKS 5, if the worker's policy allows it.
    case anyNamed
}

/// A server.
package struct PeerAddress: Sendable, Equatable {
    /// A name or an address.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        (self.host, self.port) = (host, port)
    }
}
