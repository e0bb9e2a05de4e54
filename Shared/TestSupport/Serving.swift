package import HTTP
import HTTPClient
package import HTTPServer
package import Primitives

/// A server with these routes on a free port of loopback, and a client, for as long as a test asks.
/// - Parameter body: `ask` gets a path and headers, and waits a minute for the whole answer of 64 MiB at most.
package func serving(
    _ router: Router,
    _ body: (_ ask: @Sendable (String, HTTPHeaders) async throws -> (status: Int, headers: HTTPHeaders, body: Bytes)) async throws
        -> Void
) async throws {
    var configuration = HTTPServerConfiguration()
    configuration.port = 0
    let server = HTTPServer(configuration: configuration, router: router)
    try server.start()
    let client = HTTPClient(configuration: HTTPClientConfiguration(egress: .allowing(["127.0.0.1"])))
    let outcome: Result<Void, any Error>
    do {
        try await body { path, headers in
            var request = ClientRequest(.get, "http://127.0.0.1:\(server.port)\(path)", headers: headers)
            request.deadline = .seconds(60)
            let response = try await client.send(request)
            return (response.status.rawValue, response.headers, try await response.collect(upTo: .mib(64)))
        }
        outcome = .success(())
    } catch {
        outcome = .failure(error)
    }
    await client.shutdown()
    await server.drain()
    try outcome.get()
}
