import HTTP
package import HTTPServer
import Primitives

/// A named condition of readiness.
package struct ReadinessCheck: Sendable {
    let name: String
    let isReady: @Sendable () async -> Bool

    package init(_ name: String, _ isReady: @escaping @Sendable () async -> Bool) {
        self.name = name
        self.isReady = isReady
    }
}

/// `/healthz` (the process answers), `/readyz` (its dependencies do too), `/metrics`.
package enum HealthRoutes {
    package static func add(to router: inout Router, metrics: MetricsRegistry, checks: [ReadinessCheck]) {
        router.on(.get, "/healthz") { _ in .json(["status": "ok"] as JSONValue) }
        router.on(.get, "/readyz") { _ in
            var results: [String: JSONValue] = [:]
            for check in checks { results[check.name] = .bool(await check.isReady()) }
            let isReady = results.values.allSatisfy { $0 == .bool(true) }
            let document: JSONValue = ["status": isReady ? "ready" : "not-ready", "checks": .object(results)]
            return .json(document, status: isReady ? .ok : .serviceUnavailable)
        }
        router.on(.get, "/metrics") { _ in .bytes(Bytes(metrics.text().utf8), type: "text/plain; version=0.0.4") }
    }
}
