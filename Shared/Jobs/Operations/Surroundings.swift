package import Primitives

/// What the worker's machine lends operations that run inside the worker: those in sandboxes see none of it.
package struct Surroundings: Sendable {
    /// The folder of files that stay without being a job's results; empty where there is none.
    package var libraryFolder: String
    /// Hosts that may be reached although their addresses are private.
    package var privateHosts: Set<String>
    /// Most bytes of one file that is fetched.
    package var fetchLimit: ByteSize
    /// Disk space to leave free.
    package var minimumFree: ByteSize

    package init(
        libraryFolder: String = "", privateHosts: Set<String> = [], fetchLimit: ByteSize = .gib(4),
        minimumFree: ByteSize = .bytes(0)
    ) {
        (self.libraryFolder, self.privateHosts) = (libraryFolder, privateHosts)
        (self.fetchLimit, self.minimumFree) = (fetchLimit, minimumFree)
    }
}
