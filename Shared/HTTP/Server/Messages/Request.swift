package import HTTP
import Primitives

/// A request as handlers see it.
package struct Request: Sendable {
    package var method: HTTPMethod
    /// As the client sent it, in origin form: path and query, escapes in place.
    package let target: String
    /// Bytes of the target before its question mark.
    private let pathLength: Int
    package let headers: HTTPHeaders
    /// What the route's pattern names, decoded.
    package var parameters: [String: String] = [:]
    /// The pattern of the route that answers; `nil` when none does. Fit for labels of metrics.
    package internal(set) var route: String?
    package var body: RequestBody
    /// The address that connected, without port: a proxy's, where there is one.
    package let remoteAddress: String
    /// What middleware leaves for handlers.
    package var context = RequestContext()

    /// - Parameter target: path and query; with escapes where characters need them.
    package init(
        method: HTTPMethod, target: String, headers: HTTPHeaders = [:], body: RequestBody = RequestBody(),
        remoteAddress: String = "127.0.0.1"
    ) {
        self.method = method
        self.target = target
        pathLength = target.utf8Count(before: UInt8(ascii: "?"))
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// The path with its escapes decoded; as it was sent when they are malformed, which the router refuses.
    package var path: String { PercentEncoding.decode(rawPath, plusIsSpace: false) ?? String(rawPath) }

    /// The parameters after the question mark.
    package var query: QueryParameters {
        guard pathLength < target.utf8.count else { return QueryParameters() }
        return QueryParameters(parsing: String(target[target.utf8.index(target.startIndex, offsetBy: pathLength + 1)...]))
    }

    var rawPath: Substring {
        target[..<target.utf8.index(target.startIndex, offsetBy: pathLength)]
    }
}
