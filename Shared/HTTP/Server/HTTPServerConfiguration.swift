import Glibc
package import Primitives

/// Where a server listens and what it puts up with.
package struct HTTPServerConfiguration: Sendable {
    /// An IPv4 or IPv6 address, or `localhost`.
    package var host = "127.0.0.1"
    /// 0 lets the system choose; see `HTTPServer.port`.
    package var port = 0
    /// Threads that serve connections; the number of processors.
    package var eventLoops = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    /// Open connections; further ones are answered 503 and closed.
    package var maximumConnections = 16_384
    /// Request line and header fields together; more is answered 431.
    package var headerLimit: ByteSize = .kib(32)
    /// The request target; more is answered 414.
    package var targetLimit: ByteSize = .kib(8)
    /// Request bodies of routes that set no limit of their own; more is answered 413.
    package var bodyLimit: ByteSize = .mib(1)
    /// How much of a request body that its handler left unread is read before the answer, for the connection to stay; a larger one
    /// ends it.
    package var unwantedBodyLimit: ByteSize = .mib(8)
    /// How long such a body may take to arrive; then the connection ends.
    package var unwantedBodyTimeout: Duration = .seconds(2)
    /// From a request's first byte to the end of its header, and from connecting to the first byte; then 408.
    package var headerTimeout: Duration = .seconds(10)
    /// Between two pieces of a request body; then 408.
    package var bodyIdleTimeout: Duration = .seconds(30)
    /// How long a connection may stay without a request.
    package var keepAliveTimeout: Duration = .seconds(75)
    /// How long a client may take nothing of a response that waits for it; then the connection is closed.
    package var writeTimeout: Duration = .seconds(30)
    /// How often an idle event stream sends a comment and an idle WebSocket a ping.
    package var heartbeatInterval: Duration = .seconds(15)
    /// How long draining waits for requests that run.
    package var drainTimeout: Duration = .seconds(30)
    /// How long draining leaves idle connections open, for requests that are already on their way.
    package var drainGrace: Duration = .milliseconds(250)
    /// How long a connection that the server ends is read and discarded, so that the client can read the last response.
    package var lingerTimeout: Duration = .seconds(5)

    package init() {}
}
