import AnalyticsCore
import Contracts
import Cryptography
import HTTP
import HTTPServer
import Persistence
import Primitives
import ServiceRuntime

/// Answers questions from one snapshot of the store, with an entity tag: who asks again and has it already is told so.
struct Questions: Sendable {
    let database: Database
    let authenticator: Authenticator

    /// A route that answers a question.
    /// - Parameter body: makes the document, on a reader's thread.
    func route(
        _ body: @escaping @Sendable (Request, AnalyticsQueries) throws -> JSONValue
    ) -> Handler {
        bytes { try body($0, $1).serialized() }
    }

    /// The same for answers that are written as bytes.
    func bytes(_ body: @escaping @Sendable (Request, AnalyticsQueries) throws -> Bytes) -> Handler {
        authenticator.require(.analyticsRead) { [database] request, principal in
            let viewer = try principal.viewer(request)
            let bytes = try await database.read { try body(request, AnalyticsQueries($0, for: viewer)) }
            return Self.tagged(.json(bytes: bytes), bytes, request)
        }
    }

    private static func tagged(_ response: Response, _ bytes: Bytes, _ request: Request) -> Response {
        let tag = "\"" + Hex.encode(Bytes(SHA256.hash(bytes).prefix(16))) + "\""
        let known = request.headers["If-None-Match"]?.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } } ?? []
        // nginx makes a tag weak when it compresses the answer; weak comparison is what RFC 9110, 13.1.2 asks for.
        let isKnown = known.contains { $0 == "*" || ($0.hasPrefix("W/") ? $0.dropFirst(2) : $0[...]) == tag }
        let answer = isKnown ? Response.empty(.notModified) : response
        return answer.adding("ETag", tag).adding("Cache-Control", "private, no-cache")
    }
}
