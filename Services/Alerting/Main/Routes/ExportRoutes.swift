import AlertingCore
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/api/alerts/export/{table}`: the alerts that are known, ended ones too, and the messages about them, as CSV.
struct ExportRoutes: Sendable {
    private static let piece = 500
    private static let alerts = [
        "fingerprint", "name", "severity", "status", "source", "labels", "annotations", "value", "started", "fired", "ended",
        "updated", "receivers", "acknowledgement",
    ]
    private static let deliveries = [
        "id", "receiver", "channel", "target", "state", "attempts", "created", "next", "expires", "ended", "failure", "title",
        "kind", "alert_state", "firing", "resolved", "group_key",
    ]
    let center: AlertCenter
    let queue: DeliveryQueue
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(
            .get, "/api/alerts/export/{table}",
            authenticator.require(.alertingRead) { request, _ in
                switch request.parameters["table"] {
                case "alerts.csv":
                    let alerts = await center.statuses(Set(Alert.State.allCases))
                    return .csv("alerts", header: Self.alerts, from: 0) { place in
                        let end = min(place + Self.piece, alerts.count)
                        return (
                            CSV.lines(alerts[place..<end].map(\.document), columns: Self.alerts), end < alerts.count ? end : nil
                        )
                    }
                case "deliveries.csv":
                    return .csv("deliveries", header: Self.deliveries, from: "") { last in
                        let page = try await queue.page(nil, before: last.isEmpty ? nil : last, limit: Self.piece)
                        return (
                            CSV.lines(page.map(\.document), columns: Self.deliveries),
                            page.count == Self.piece ? page.last?.id : nil
                        )
                    }
                default:
                    throw Problem(
                        status: .notFound, code: "table-not-found",
                        "there is no such table; the tables are: alerts.csv, deliveries.csv")
                }
            })
    }
}
