import HTTP
import Primitives
import Synchronization

/// What all connections of a server share.
final class ServerContext: Sendable {
    let configuration: HTTPServerConfiguration
    let router: Router
    let limits: Limits
    /// Of all loops together.
    let openConnections = Atomic<Int>(0)
    static let log = Log("http")

    /// The configuration in the units that connections count with.
    struct Limits: Sendable {
        let head: Int
        let target: Int
        let body: BodyLimit
        let unwantedBody: Int64
        let headerTimeout: Int64
        let bodyIdleTimeout: Int64
        let keepAliveTimeout: Int64
        let writeTimeout: Int64
        let heartbeatInterval: Int64
        let drainGrace: Int64
        let lingerTimeout: Int64
    }

    init(_ configuration: HTTPServerConfiguration, _ router: Router) {
        self.configuration = configuration
        self.router = router
        limits = Limits(
            head: Int(configuration.headerLimit.bytes), target: Int(configuration.targetLimit.bytes),
            body: .atMost(configuration.bodyLimit), unwantedBody: configuration.unwantedBodyLimit.bytes,
            headerTimeout: configuration.headerTimeout.milliseconds, bodyIdleTimeout: configuration.bodyIdleTimeout.milliseconds,
            keepAliveTimeout: configuration.keepAliveTimeout.milliseconds, writeTimeout: configuration.writeTimeout.milliseconds,
            heartbeatInterval: configuration.heartbeatInterval.milliseconds, drainGrace: configuration.drainGrace.milliseconds,
            lingerTimeout: configuration.lingerTimeout.milliseconds)
    }
}
