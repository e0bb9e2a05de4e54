import Contracts
import HTTP
import HTTPClient
import Primitives
import ServiceRuntime

/// Fetches reports from the analytics, in the studio's own name.
struct ReportSource: Sendable {
    private static let limit = ByteSize.mib(20)
    let url: String
    let token: PrincipalToken
    private let client = HTTPClient(configuration: HTTPClientConfiguration(egress: .unrestricted, followRedirects: 0))

    init(url: String, token: PrincipalToken) { (self.url, self.token) = (url, token) }

    /// - Parameter period: from midnight to midnight, UTC.
    /// - Returns: a PDF.
    /// - Throws: `ReportMissing` for another answer; `HTTPClientError`.
    func fetch(_ period: Range<Timestamp>) async throws -> Bytes {
        let principal = Principal(
            subject: "alerting", owner: "studio", tier: "standard", scopes: [.admin], expires: .now().advanced(by: .minutes(1)))
        let response = try await client.send(
            ClientRequest(
                .get, "\(url)/api/report.pdf?from=\(period.lowerBound.iso8601)&to=\(period.upperBound.iso8601)",
                headers: [PrincipalToken.header: try token.sign(principal)],
                deadline: .seconds(60), idleTimeout: .seconds(60)))
        let bytes = try await response.collect(upTo: Self.limit)
        guard response.status == .ok else { throw ReportMissing(status: response.status.rawValue) }
        return bytes
    }
}

/// The analytics gave no report.
struct ReportMissing: CodedError {
    let status: Int
    var code: String { "report-missing" }
    var message: String { "the analytics answered \(status) instead of a report" }
    var isRetriable: Bool { true }
}
