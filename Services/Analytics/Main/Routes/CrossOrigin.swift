import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// Lets pages of other origins ask, those that the configuration names (Fetch standard, CORS protocol). Keys travel in a header,
/// never in cookies, so that no credentials mode is needed.
struct CrossOrigin: Middleware {
    private let origins: Set<String>

    /// - Parameter origins: separated by commas; `*` for any.
    init(_ origins: String) {
        self.origins = Set(origins.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) })
    }

    func handle(_ request: Request, next: Handler) async throws -> Response {
        guard let origin = request.headers["Origin"], let allowed = allowed(origin), request.path.hasPrefix("/api/") else {
            return try await next(request)
        }
        if request.method == .options, request.headers["Access-Control-Request-Method"] != nil {
            return Response(
                status: .noContent,
                headers: [
                    "Access-Control-Allow-Origin": allowed, "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
                    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-API-Key",
                    "Access-Control-Max-Age": "3600", "Vary": "Origin",
                ])
        }
        return try await next(request).adding("Access-Control-Allow-Origin", allowed)
            .adding("Access-Control-Expose-Headers", "ETag").adding("Vary", "Origin")
    }

    private func allowed(_ origin: String) -> String? {
        origins.contains("*") ? "*" : origins.contains(origin) ? origin : nil
    }
}
