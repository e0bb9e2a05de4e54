package import Primitives

/// What holds for every request of one client.
package struct HTTPClientConfiguration: Sendable {
    /// The longest time from looking a name up to a connection ready for the request, TLS included.
    package var connectTimeout: Duration
    /// How failed attempts are repeated; `nil`: never.
    package var retry: RetryPolicy?
    /// When an origin counts as broken; `nil`: never.
    package var circuitBreaker: CircuitBreaker.Settings?
    /// Which addresses may be reached.
    package var egress: EgressPolicy
    /// Whether HTTP/2 requests to one host share a connection: better for many small exchanges. For large bodies it is not:
    /// what a waiting reader leaves is taken in by libcurl while its neighbours go on, up to the 32 MiB that libcurl's HTTP/2
    /// window grants the peer for each stream, and more while it is copied. Without sharing, the peer waits.
    package var sharesConnections: Bool
    /// Whether calls from an event loop's thread are carried out there, each loop with connections of its own: no thread is woken
    /// for them. Better for many short exchanges, not for bulk: encryption takes the loop's time.
    package var usesEventLoops: Bool
    /// Connections to one host and from one thread; further requests wait for one.
    package var maximumConnectionsPerHost: Int
    /// Connections in all.
    package var maximumConnections: Int
    /// Redirects followed for one request; 0 hands 3xx responses to the caller.
    package var followRedirects: Int
    /// All header lines of one response, interim responses and trailers included.
    package var headerLimit: ByteSize
    /// Bytes held for each direction of a transfer before the faster side is made to wait.
    package var bufferSize: ByteSize
    /// A PEM file of the certificate authorities to trust instead of the system's.
    package var trustedCertificates: String?
    package var userAgent: String

    package init(
        connectTimeout: Duration = .seconds(10), retry: RetryPolicy? = RetryPolicy(maximumAttempts: 3),
        circuitBreaker: CircuitBreaker.Settings? = CircuitBreaker.Settings(), egress: EgressPolicy = .publicOnly,
        sharesConnections: Bool = true, usesEventLoops: Bool = false, maximumConnectionsPerHost: Int = 16,
        maximumConnections: Int = 256,
        followRedirects: Int = 5,
        headerLimit: ByteSize = .kib(64), bufferSize: ByteSize = .kib(256), trustedCertificates: String? = nil,
        userAgent: String = "AV-Studio"
    ) {
        self.connectTimeout = connectTimeout
        self.retry = retry
        self.circuitBreaker = circuitBreaker
        self.egress = egress
        self.sharesConnections = sharesConnections
        self.usesEventLoops = usesEventLoops
        self.maximumConnectionsPerHost = max(1, maximumConnectionsPerHost)
        self.maximumConnections = max(1, maximumConnections)
        self.followRedirects = max(0, followRedirects)
        self.headerLimit = headerLimit
        self.bufferSize = bufferSize
        self.trustedCertificates = trustedCertificates
        self.userAgent = userAgent
    }
}
