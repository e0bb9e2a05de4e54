import AnalyticsAPI
import AnalyticsCore
import Contracts
import FoundationEssentials
import HTTP
import HTTPServer
import Persistence
import Primitives
import ServiceRuntime
import Testing
import TestSupport

@testable import avstudio_analytics

/// The routes without a network: what is documented, who may ask, what a browser of another origin is told.
struct RouteTests {
    static let token = PrincipalToken(key: Bytes(repeating: 7, count: 32))

    func router(_ store: AnalyticsStore, board: PipelineBoard? = nil, origins: String = "") -> Router {
        var router = Router()
        router.use(CrossOrigin(origins))
        AnalyticsRoutes(
            database: store.database, collector: store.collector,
            board: board ?? PipelineBoard(store.database, file: store.folder.appending("pipeline_state.json")),
            authenticator: Authenticator(token: Self.token), isEnabled: true
        ).add(to: &router)
        return router
    }

    func headers(
        _ scopes: Set<Scope>, owner: String = "ann", lasting: Duration = .seconds(60)
    ) throws -> HTTPHeaders {
        let principal = Principal(
            subject: "key_1", owner: owner, tier: "standard", scopes: scopes, expires: .now().advanced(by: lasting))
        return [PrincipalToken.header: try Self.token.sign(principal), "Content-Type": "application/json"]
    }

    private func body(_ response: Response) throws -> JSONValue {
        guard case .bytes(let bytes) = response.body else { return .null }
        return try JSONValue(parsing: bytes)
    }

    @Test func theDocumentHasEveryRouteAndNoOther() async throws {
        let routes = Set(router(try await AnalyticsStore.open()).routes.map { "\($0.method.rawValue) \($0.pattern)" })
        #expect(try documentedRoutes { $1.contains("analytics") } == routes)
    }

    @Test func whoMayNotIsTurnedAway() async throws {
        let router = router(try await AnalyticsStore.open())
        let event = Bytes(#"{"script_name": "s", "metric_type": "t", "value": 1}"#.utf8)
        for (method, path, scopes, status) in [
            (.get, "/api/kpis", [.analyticsWrite], 403), (.post, "/api/metrics", [.analyticsRead], 403),
            (.get, "/api/people/bob", [.analyticsRead], 403), (.delete, "/api/people/me", [.analyticsRead], 403),
            (.delete, "/api/people/me", [.analyticsWrite, .analyticsRead], 200),
            (.get, "/api/metrics/30?owner=bob", [.analyticsRead], 403),
            (.get, "/api/metrics/30?owner=bob", [.admin], 200), (.get, "/api/people/me", [.analyticsRead], 200),
            (.get, "/api/metrics/0", [.analyticsRead], 400), (.get, "/api/metrics/401", [.analyticsRead], 400),
            (.get, "/api/metrics/32?interval=hour", [.analyticsRead], 400), (.get, "/api/runs?before=x", [.analyticsRead], 400),
            (.get, "/api/export/secrets.csv", [.analyticsRead], 404), (.get, "/api/kpis/luck/rows", [.analyticsRead], 404),
            (.get, "/api/kpis/cost/scripts?days=0", [.analyticsRead], 400),
            (.get, "/api/scripts?limit=0", [.analyticsRead], 400),
            (.get, "/api/metrics/rows?from=2026-01-02&to=2026-01-01", [.analyticsRead], 400),
        ] as [(HTTPMethod, String, Set<Scope>, Int)] {
            let request = Request(method: method, target: path, headers: try headers(scopes), body: RequestBody(event))
            #expect(await router.respond(to: request).status.rawValue == status, "\(method) \(path)")
        }
        let unknown = await router.respond(to: Request(method: .get, target: "/api/kpis"))
        #expect(unknown.status == .unauthorized)
    }

    @Test func eventsAreTakenOnceUnderTheirKeys() async throws {
        let store = try await AnalyticsStore.open { .now() }
        let router = router(store)
        let event = Bytes(
            #"[{"script_name": "s", "metric_type": "t", "value": 1}, {"script_name": "s", "metric_type": "t", "value": 2}]"#.utf8)
        var keyed = try headers([.analyticsWrite])
        keyed["Idempotency-Key"] = "k"
        for accepted in [2, 0] as [JSONValue] {
            let response = await router.respond(
                to: Request(method: .post, target: "/api/metrics", headers: keyed, body: RequestBody(event)))
            #expect(try body(response)["accepted"] == accepted)
        }
        // The same key of somebody else is another.
        var other = try headers([.analyticsWrite], owner: "bob")
        other["Idempotency-Key"] = "k"
        let response = await router.respond(
            to: Request(method: .post, target: "/api/metrics", headers: other, body: RequestBody(event)))
        #expect(try body(response)["accepted"] == 2)
        // Of an array with one bad event nothing is taken, and what was refused is counted.
        let bad = Bytes(#"[{"script_name": "s", "metric_type": "t", "value": 1}, {"script_name": "s"}]"#.utf8)
        let refused = await router.respond(
            to: Request(method: .post, target: "/api/metrics", headers: try headers([.analyticsWrite]), body: RequestBody(bad)))
        #expect(refused.status == .unprocessableContent)
        #expect(try body(refused)["field"] == "[1].metric_type")
        let quality = await router.respond(to: Request(method: .get, target: "/api/quality", headers: try headers([.admin])))
        #expect(try body(quality)["refused"]?[0]?["code"] == "missing-field")
        #expect(try body(quality)["tallies"]?["accepted"] == 4)
    }

    @Test func pagesOfOtherOriginsAskWhereTheyMay() async throws {
        let router = router(try await AnalyticsStore.open(), origins: "https://panel.example, https://b.example")
        func ask(_ method: HTTPMethod, _ origin: String) async throws -> Response {
            var fields = try headers([.analyticsRead])
            fields["Origin"] = origin
            if method == .options { fields["Access-Control-Request-Method"] = "GET" }
            return await router.respond(to: Request(method: method, target: "/api/kpis", headers: fields))
        }
        let preflight = try await ask(.options, "https://b.example")
        #expect(preflight.status == .noContent)
        #expect(preflight.headers["Access-Control-Allow-Origin"] == "https://b.example")
        #expect(preflight.headers["Access-Control-Allow-Headers"]?.contains("Authorization") == true)
        #expect(try await ask(.get, "https://panel.example").headers["Access-Control-Allow-Origin"] == "https://panel.example")
        for method in [.get, .options] as [HTTPMethod] {
            #expect(try await ask(method, "https://evil.example").headers["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test func anAnswerIsSentOnce() async throws {
        let store = try await AnalyticsStore.open { .now() }
        let router = router(store)
        func ask(_ tag: String?) async throws -> Response {
            var fields = try headers([.analyticsRead])
            if let tag { fields["If-None-Match"] = tag }
            return await router.respond(to: Request(method: .get, target: "/api/metrics/30", headers: fields))
        }
        let first = try await ask(nil)
        let tag = try #require(first.headers["ETag"])
        #expect(try await ask(tag).status == .notModified)
        #expect(try await ask("\"x\", W/\(tag)").status == .notModified)
        _ = try await store.collector.record(Delivery(events: [CollectorTests.measured(1, at: .now())]))
        #expect(try await ask(tag).status == .ok)
    }
}
