import HTTP
package import HTTPServer
import Primitives

/// Gives every request a trace, a log line at debug level, and its place in the metrics.
package struct Observation: Middleware {
    private static let log = Log("http")
    private let classes: [Counter]
    private let duration: Histogram

    package init(metrics: MetricsRegistry) {
        classes = (1...5).map { status in
            metrics.counter("http_requests_total", help: "Requests answered.", labels: [("status", "\(status)xx")])
        }
        duration = metrics.histogram("http_request_duration_seconds", help: "Time until the answer's head was ready.")
    }

    package func handle(_ request: Request, next: Handler) async throws -> Response {
        let received = request.headers["traceparent"].flatMap(TraceContext.init(traceparent:))
        let start = ContinuousClock.now
        return try await TraceContext.$current.withValue(received?.child() ?? .root()) {
            let response = try await next(request)
            let seconds = (ContinuousClock.now - start).seconds
            classes[min(max(response.status.rawValue / 100, 1), 5) - 1].increment()
            duration.observe(seconds)
            Self.log.debug(
                "request",
                [
                    "method": .string(request.method.rawValue), "path": .string(request.path),
                    "status": .integer(Int64(response.status.rawValue)), "seconds": .number(seconds),
                    "request_id": JSONValue(request.headers["X-Request-Id"]),
                ])
            return response
        }
    }
}
