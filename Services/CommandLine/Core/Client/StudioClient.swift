import HTTP
import HTTPClient
import Primitives

/// Talks to a studio over HTTP.
package struct StudioClient: Sendable {
    package let url: String
    private let key: String?
    private let client: HTTPClient

    /// - Throws: `CommandFailure` for an address that is not http or https.
    init(url: String, key: String?) throws(CommandFailure) {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .usage("the studio's address must begin with http:// or https://, not \(url)")
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.key = key
        // The person names the studio's address: it may be on this machine or in a private network.
        client = HTTPClient(configuration: HTTPClientConfiguration(egress: .unrestricted))
    }

    /// Sends a request and reads a JSON answer.
    /// - Throws: `CommandFailure` with the problem's sentence for every status from 400 on.
    func json(
        _ method: HTTPMethod, _ path: String, body: JSONValue? = nil, headers: HTTPHeaders = [:], deadline: Duration = .seconds(90)
    ) async throws -> JSONValue {
        var headers = headers
        if body != nil { headers["Content-Type"] = "application/json" }
        let response = try await send(
            method, path, headers: headers, body: body.map { .bytes($0.serialized()) } ?? .none, deadline: deadline)
        let bytes = try await response.collect(upTo: .mib(32))
        return bytes.isEmpty ? .null : try JSONValue(parsing: bytes)
    }

    /// Sends a request.
    /// - Returns: the answer, its body not read yet.
    /// - Throws: `CommandFailure`.
    func send(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: ClientBody = .none, deadline: Duration = .hours(24)
    ) async throws(CommandFailure) -> ClientResponse {
        var headers = headers
        if let key { headers["Authorization"] = "Bearer \(key)" }
        var request = ClientRequest(method, url + path, headers: headers, body: body)
        request.deadline = deadline
        let response: ClientResponse
        do {
            response = try await client.send(request)
        } catch {
            throw CommandFailure(.unreachable, "the studio at \(url) does not answer: \(error.message)")
        }
        guard response.status.rawValue < 400 else { throw await Self.failure(response, hasKey: key != nil) }
        return response
    }

    private static func failure(_ response: ClientResponse, hasKey: Bool) async -> CommandFailure {
        let status = response.status.rawValue
        let body = (try? await response.collect(upTo: .mib(1))) ?? []
        let problem = try? JSONValue(parsing: body)
        let detail = problem?["detail"]?.stringValue ?? "the studio answered \(status)"
        switch status {
        case 401 where !hasKey:
            return CommandFailure(.denied, "a key is needed: --key, AVSTUDIO_KEY, or run from the studio's folder")
        case 401, 403: return CommandFailure(.denied, detail)
        case 502, 503, 504: return CommandFailure(.unreachable, detail)
        default: return CommandFailure(.failed, detail)
        }
    }
}
