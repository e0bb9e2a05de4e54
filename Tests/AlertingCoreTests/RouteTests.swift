import AlertingCore
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
    @Test func theDocumentHasEveryRouteAndNoOther() async throws {
        let folder = try TemporaryFolder("alerting")
        let database = try await Database.open(folder.appending("alerting.sqlite"), migrations: AlertingSchema.migrations)
        var router = Router()
        AlertingRoutes(
            center: AlertCenter(database), files: AlertFiles(folder.appending("alerts.yaml"), copy: folder.appending("copy.yaml")),
            queue: DeliveryQueue(database),
            authenticator: Authenticator(token: PrincipalToken(key: Bytes(repeating: 7, count: 32)))
        ).add(to: &router)
        let routes = Set(router.routes.map { "\($0.method.rawValue) \($0.pattern)" })
        #expect(try documentedRoutes { !$1.filter(["alerting", "alertmanager"].contains).isEmpty } == routes)
        await database.close()
        folder.remove()
    }
}
