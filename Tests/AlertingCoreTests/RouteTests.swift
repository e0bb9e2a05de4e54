import AlertingCore
import Contracts
import HTTP
import HTTPServer
import Persistence
import Primitives
import ServiceRuntime
import TestSupport
import Testing

@testable import avstudio_alerting

/// The routes without a network.
struct RouteTests {
    private static let token = PrincipalToken(key: Bytes(repeating: 7, count: 32))

    private func router(_ database: Database, _ center: AlertCenter, _ folder: TemporaryFolder) -> Router {
        var router = Router()
        AlertingRoutes(
            center: center, files: AlertFiles(folder.appending("alerts.yaml"), copy: folder.appending("copy.yaml")),
            queue: DeliveryQueue(database), authenticator: Authenticator(token: Self.token)
        ).add(to: &router)
        return router
    }

    @Test func theDocumentHasEveryRouteAndNoOther() async throws {
        let folder = try TemporaryFolder("alerting")
        let database = try await Database.open(folder.appending("alerting.sqlite"), migrations: AlertingSchema.migrations)
        let routes = Set(router(database, AlertCenter(database), folder).routes.map { "\($0.method.rawValue) \($0.pattern)" })
        #expect(try documentedRoutes { !$1.filter(["alerting", "alertmanager"].contains).isEmpty } == routes)
        await database.close()
        folder.remove()
    }

    /// Also more than is read at a time.
    @Test func alertsAndMessagesAreTakenAlong() async throws {
        let scene = try await Scene(ruleFile("  - {name: High, kind: threshold, metric: m, window: 1m, above: 5, by: [host]}"))
        for number in 0..<600 { await scene.send("m", 9, ["host": "a, \"\(number)\""]) }
        await scene.rounds(1)
        await scene.rounds(1, every: .seconds(300))
        await scene.send("m", 9, ["host": "b"])
        await scene.rounds(1)
        let tests = 1001
        for _ in 0..<tests { _ = try await scene.center.test("boss") }
        let reader = Principal(
            subject: "key_1", owner: "ann", tier: "standard", scopes: [.alertingRead], expires: .now().advanced(by: .seconds(600)))
        let headers: HTTPHeaders = [PrincipalToken.header: try Self.token.sign(reader)]
        try await serving(router(scene.database, scene.center, scene.folder)) { ask in
            func rows(_ table: String) async throws -> [[String: String]] {
                let answer = try await ask("/api/alerts/export/\(table).csv", headers)
                #expect(answer.status == 200 && answer.headers["Content-Type"]?.hasPrefix("text/csv") == true)
                #expect(answer.headers["Content-Disposition"] == "attachment; filename=\"\(table).csv\"")
                let rows = try CSV.rows(answer.body)
                let names = try #require(rows.first)
                return rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
            }
            let alerts = try await rows("alerts")
            #expect(Set(alerts.map { $0["fingerprint"] }).count == 601)
            #expect(alerts.count { $0["status"] == "resolved" && $0["ended"] != "" } == 600)
            let last = try #require(alerts.first { $0["status"] == "firing" })
            #expect(last["name"] == "High" && last["value"] == "9" && last["ended"] == "" && last["receivers"] == #"["ops"]"#)
            #expect(try JSONValue(parsing: Bytes((last["labels"] ?? "").utf8))["host"] == "b")
            let deliveries = try await rows("deliveries")
            #expect(Set(deliveries.map { $0["id"] }).count == deliveries.count)
            #expect(deliveries.count { $0["receiver"] == "boss" && $0["kind"] == "test" && $0["state"] == "waiting" } == tests)
            #expect(deliveries.contains { $0["receiver"] == "ops" && $0["alert_state"] == "firing" })
            #expect(try await ask("/api/alerts/export/rules.csv", headers).status == 404)
            #expect(try await ask("/api/alerts/export/alerts.csv", [:]).status == 401)
        }
        await scene.end()
    }
}
