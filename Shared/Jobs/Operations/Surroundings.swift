package import Primitives

/// What the worker's machine lends operations: those inside the worker all of it, those in sandboxes their peer.
package struct Surroundings: Sendable {
    /// The folder of files that stay without being a job's results; empty where there is none.
    package var libraryFolder: String
    /// Hosts that may be reached although their addresses are private.
    package var privateHosts: Set<String>
    /// Most bytes of one file that is fetched.
    package var fetchLimit: ByteSize
    /// Disk space to leave free.
    package var minimumFree: ByteSize
    /// Where the gateway is, for operations that call language models; empty where there is none.
    package var gatewayURL: String
    /// Opens a connection to the peer of a job's process, as a socket that whoever gets it closes; blocks. `nil` where there is no
    /// network.
    package var dial: (@Sendable (PeerAddress) throws -> Int32)?

    package init(
        libraryFolder: String = "", privateHosts: Set<String> = [], fetchLimit: ByteSize = .gib(4),
        minimumFree: ByteSize = .bytes(0), gatewayURL: String = ""
    ) {
        (self.libraryFolder, self.privateHosts) = (libraryFolder, privateHosts)
        (self.fetchLimit, self.minimumFree, self.gatewayURL) = (fetchLimit, minimumFree, gatewayURL)
    }
}
