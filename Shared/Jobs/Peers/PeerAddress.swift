/// Whom the process of a job may talk to: one server, though it has no network.
package struct PeerAddress: Sendable, Equatable {
    /// A name or an address.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        (self.host, self.port) = (host, port)
    }
}
