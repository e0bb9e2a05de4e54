import Contracts
import GatewayCore
import HTTP
import HTTPClient
import HTTPServer
import Primitives
import ServiceRuntime

@testable import avstudio_gateway

/// The gateway's routes behind a real socket, and a client before it.
final class Door: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: Bytes

        var document: JSONValue { get throws { body.isEmpty ? .null : try JSONValue(parsing: body) } }
    }

    let studio: Studio
    let token: PrincipalToken
    private let server: HTTPServer
    private let client = HTTPClient(configuration: HTTPClientConfiguration(egress: .allowing(["127.0.0.1"])))

    private init(_ studio: Studio, usesAccelRedirect: Bool) throws {
        self.studio = studio
        token = PrincipalToken(key: Bytes(repeating: 7, count: 32))
        var router = Router()
        GatewayRoutes(gateway: studio.gateway, token: token, usesAccelRedirect: usesAccelRedirect).add(to: &router)
        var configuration = HTTPServerConfiguration()
        configuration.eventLoops = 1
        server = HTTPServer(configuration: configuration, router: router)
        try server.start()
    }

    /// Runs a test with an open door.
    static func with(limits: FileLimits = FileLimits(), usesAccelRedirect: Bool = false, _ body: (Door) async throws -> Void)
        async throws
    {
        try await Studio.with(limits: limits) { studio in
            let door = try Door(studio, usesAccelRedirect: usesAccelRedirect)
            do {
                try await body(door)
            } catch {
                await door.close()
                throw error
            }
            await door.close()
        }
    }

    private func close() async {
        await client.shutdown()
        await server.drain()
    }

    /// - Parameter principal: whom nginx would have named; nobody when `nil`.
    func send(
        _ method: HTTPMethod, _ path: String, as principal: Principal? = .of("ann"), headers: HTTPHeaders = [:], body: Bytes? = nil
    ) async throws -> Answer {
        var headers = headers
        if let principal { headers[PrincipalToken.header] = try token.sign(principal) }
        var request = ClientRequest(
            method, "http://127.0.0.1:\(server.port)\(path)", headers: headers, body: body.map { .bytes($0) } ?? .none)
        request.deadline = .seconds(30)
        let response = try await client.send(request)
        return Answer(status: response.status.rawValue, headers: response.headers, body: try await response.collect(upTo: .mib(64)))
    }

    func json(_ method: HTTPMethod, _ path: String, as principal: Principal? = .of("ann"), _ document: JSONValue) async throws
        -> Answer
    {
        try await send(method, path, as: principal, headers: ["Content-Type": "application/json"], body: document.serialized())
    }

    /// Uploads a file.
    /// - Returns: its identifier.
    func upload(_ bytes: Bytes, name: String = "a.wav", as principal: Principal = .of("ann")) async throws -> String {
        let answer = try await send(
            .post, "/files", as: principal, headers: ["Upload-Name": PercentEncoding.encode(name)], body: bytes)
        return try answer.document["id"]?.stringValue ?? ""
    }
}
