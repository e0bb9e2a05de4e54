import HTTP
import HTTPClient
import ModelProtocols
import ModelRouting
import Primitives
import Synchronization

/// The caller has left before anything of the call was sent.
struct CallNotSent: Error {}

/// Sends calls to providers.
final class Upstream: Sendable {
    private struct State {
        var hosts: Set<String>
        var client: HTTPClient
    }

    private static let log = Log("gateway.upstream")
    private let settings: ModelSettings
    private let keys: ProviderKeys
    private let state: Mutex<State>

    init(settings: ModelSettings, keys: ProviderKeys, registry: ModelRegistry) {
        (self.settings, self.keys) = (settings, keys)
        let hosts = Self.hosts(registry, settings)
        state = Mutex(State(hosts: hosts, client: Self.client(settings, hosts)))
    }

    /// Allows the local hosts of another registry; calls under way go on with the connections they have.
    func update(for registry: ModelRegistry) {
        let hosts = Self.hosts(registry, settings)
        state.withLock { state in
            guard hosts != state.hosts else { return }
            state = State(hosts: hosts, client: Self.client(settings, hosts))
        }
    }

    func shutdown() async { await state.withLock(\.client).shutdown() }

    /// Sends a call and waits for the head of the answer.
    /// - Throws: `ProviderFailure` when there is none or it tells of a failure; `CancellationError`; `CallNotSent`.
    func send(_ call: ProviderCall, to deployment: Deployment, codec: ProviderCodec, streams: Bool) async throws -> ClientResponse {
        var headers: HTTPHeaders = [:]
        for header in call.headers { headers.add(header.name, header.value) }
        if let reference = deployment.key {
            guard let key = keys.key(reference) else {
                throw ProviderFailure(.authentication, message: "\(reference.label) is not set")
            }
            let header = codec.authorization(key: key)
            headers.add(header.name, header.value)
        }
        var request = ClientRequest(
            call.method == "GET" ? .get : .post, deployment.baseURL + call.path, headers: headers,
            body: call.body.isEmpty ? .none : .bytes(call.body), deadline: settings.callTimeout,
            idleTimeout: streams ? settings.idleTimeout : settings.callTimeout)
        if streams { request.responseTimeout = settings.firstByteTimeout }
        let departure = RequestDeparture()
        request.departure = departure
        let client = state.withLock(\.client)
        let response: ClientResponse
        let body: Bytes
        do throws(HTTPClientError) {
            response = try await client.send(request)
            if (200..<300).contains(response.status.rawValue) { return response }
            body = try await response.collect(upTo: .kib(256))
        } catch {
            throw try Self.failure(error, deployment, wasSent: departure.hasLeft)
        }
        let hints = RateLimitHints(now: .now()) { response.headers[$0] }
        throw codec.decodeFailure(status: response.status.rawValue, body: body, hints: hints)
    }

    /// The models that a deployment's server says it has.
    /// - Returns: `nil` when it answers, but not with a list.
    /// - Throws: `HTTPClientError` when it does not answer.
    func models(at deployment: Deployment) async throws(HTTPClientError) -> [ModelListing]? {
        let codec = deployment.codec(for: nil)
        let call = codec.modelListCall
        var headers: HTTPHeaders = [:]
        if let key = deployment.key.flatMap(keys.key) {
            let header = codec.authorization(key: key)
            headers.add(header.name, header.value)
        }
        let request = ClientRequest(
            .get, deployment.baseURL + call.path, headers: headers, body: .none, deadline: .seconds(2), idleTimeout: .seconds(2))
        let response = try await state.withLock(\.client).send(request)
        let body = try await response.collect(upTo: .mib(4))
        return response.status == .ok ? try? codec.decodeModels(body) : nil
    }

    /// What a failed connection means.
    /// - Parameter wasSent: whether the call had left by then.
    /// - Throws: `CancellationError` when the caller has left, `CallNotSent` when that was before the call.
    @inline(never)
    static func failure(_ error: HTTPClientError, _ deployment: Deployment, wasSent: Bool = true) throws -> ProviderFailure {
        var failure = try meaning(of: error, deployment, wasSent)
        failure.wasSent = wasSent
        return failure
    }

    private static func meaning(
        of error: HTTPClientError, _ deployment: Deployment, _ wasSent: Bool
    ) throws -> ProviderFailure {
        switch error {
        case .cancelled: throw wasSent ? CancellationError() as any Error : CallNotSent()
        case .connectTimeout, .deadlineExceeded, .idleTimeout:
            return ProviderFailure(.timeout, message: "\(deployment.provider) did not answer in time")
        case .refusedAddress:
            log.error(
                "a provider's address is not allowed", ["deployment": .string(deployment.id), "error": .string(error.message)])
            return ProviderFailure(.server, message: "\(deployment.provider) is at an address that is not allowed")
        case .connectionLost: return ProviderFailure(.closedEarly, message: "\(deployment.provider) closed the connection")
        default:
            log.info("a provider can not be reached", ["deployment": .string(deployment.id), "code": .string(error.code)])
            return ProviderFailure(.server, message: "\(deployment.provider) can not be reached")
        }
    }

    private static func hosts(_ registry: ModelRegistry, _ settings: ModelSettings) -> Set<String> {
        let local = registry.models.flatMap(\.deployments).filter(\.isLocal).compactMap { host(of: $0.baseURL) }
        return settings.allowedHosts.union(local)
    }

    private static func host(of url: String) -> String? {
        guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
        let authority = url[start...].prefix { $0 != "/" }
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    private static func client(_ settings: ModelSettings, _ hosts: Set<String>) -> HTTPClient {
        HTTPClient(
            configuration: HTTPClientConfiguration(
                connectTimeout: settings.connectTimeout, retry: nil, circuitBreaker: nil, egress: .allowing(hosts),
                usesEventLoops: true, maximumConnectionsPerHost: 4096, maximumConnections: 8192, followRedirects: 0))
    }
}
