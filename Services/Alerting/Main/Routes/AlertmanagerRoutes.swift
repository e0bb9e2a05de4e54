import AlertingCore
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/api/v2`: Alertmanager's API, for amtool, Grafana and Prometheus (prometheus/alertmanager, api/v2/openapi.yaml).
struct AlertmanagerRoutes: Sendable {
    let center: AlertCenter
    let files: AlertFiles
    let authenticator: Authenticator
    private let started = Timestamp.now()

    init(center: AlertCenter, files: AlertFiles, authenticator: Authenticator) {
        (self.center, self.files, self.authenticator) = (center, files, authenticator)
    }

    func add(to router: inout Router) {
        router.on(.get, "/api/v2/status", authenticator.require(.alertingRead) { _, _ in .json(status) })
        router.on(
            .get, "/api/v2/receivers",
            authenticator.require(.alertingRead) { _, _ in
                .json(.array(await center.receivers.map { ["name": .string($0.name)] }))
            })
        router.on(
            .get, "/api/v2/alerts",
            authenticator.require(.alertingRead) { request, _ in
                let filter = try Filter(request)
                return .json(.array(await center.statuses([.firing]).filter(filter.passes).map(Self.document)))
            })
        router.on(
            .get, "/api/v2/alerts/groups",
            authenticator.require(.alertingRead) { request, _ in
                let filter = try Filter(request)
                let groups: [JSONValue] = await center.groups.compactMap { receiver, labels, alerts in
                    let shown = alerts.filter(filter.passes).map(Self.document)
                    guard !shown.isEmpty else { return nil }
                    return ["labels": labels.document, "receiver": ["name": .string(receiver)], "alerts": .array(shown)]
                }
                return .json(.array(groups))
            })
        router.on(
            .post, "/api/v2/alerts", limits: .atMost(.mib(4)),
            authenticator.require(.alertingWrite) { request, _ in
                try await center.post(try await alerts(request))
                return .empty(.ok)
            })
        router.on(
            .get, "/api/v2/silences",
            authenticator.require(.alertingRead) { request, _ in
                let (matchers, now) = (try request.matchers(), center.clock.wall)
                // A filter is asked about the values that a silence names (Alertmanager, api/v2/api.go,
                // checkSilenceMatchesFilterLabels).
                let silences = await center.allSilences.filter { silence in
                    matchers.allSatisfy { filter in
                        silence.matchers.contains { $0.name == filter.name && filter.fits($0.value) }
                    }
                }
                return .json(.array(silences.map { $0.document(at: now) }))
            })
        router.on(
            .post, "/api/v2/silences",
            authenticator.require(.alertingWrite) { request, principal in
                let silence = try await SilenceRoutes.add(request, principal, center)
                let document: JSONValue = ["silenceID": .string(silence.id)]
                return .json(document)
            })
        router.on(
            .get, "/api/v2/silence/{id}",
            authenticator.require(.alertingRead) { request, _ in
                let id = request.parameters["id"] ?? ""
                guard let silence = await center.silence(id) else { throw AlertingError.silenceNotFound(id) }
                return .json(silence.document(at: center.clock.wall))
            })
        router.on(
            .delete, "/api/v2/silence/{id}",
            authenticator.require(.alertingWrite) { request, _ in
                _ = try await center.expire(silence: request.parameters["id"] ?? "")
                return .empty(.ok)
            })
    }

    private var status: JSONValue {
        [
            "cluster": ["status": "disabled", "peers": []], "uptime": .string(started.iso8601),
            // The file itself holds secrets.
            "config": ["original": .string("# \(files.path)\n")],
            "versionInfo": [
                "version": "0.25.0", "revision": "av-studio", "branch": "", "buildUser": "", "buildDate": "", "goVersion": "",
            ],
        ]
    }

    private func alerts(_ request: Request) async throws -> [PostedAlert] {
        let bytes = try await request.body.collect(upTo: .mib(4))
        guard let listed = try JSONValue(parsing: bytes).arrayValue, listed.count <= 5000 else {
            throw Problem(status: .unprocessableContent, code: "wrong-type", "the body must be a list of at most 5000 alerts")
        }
        return try listed.map { item in
            let fields = item.objectValue ?? [:]
            let labels = try fields.labels("labels", limit: 256).filter { !$0.value.isEmpty }
            guard !labels.isEmpty else {
                throw Problem(status: .unprocessableContent, code: "missing-field", "an alert needs labels", field: "labels")
            }
            return PostedAlert(
                labels: labels, annotations: try fields.labels("annotations", limit: 4096), starts: try fields.time("startsAt"),
                ends: try fields.time("endsAt").flatMap { $0.milliseconds > 0 ? $0 : nil },
                generatorURL: try fields.text("generatorURL").map { String($0.prefix(2048)) })
        }
    }

    private static func document(_ status: AlertStatus) -> JSONValue {
        let alert = status.alert
        return [
            "annotations": alert.annotations.document, "labels": alert.labels.document, "fingerprint": .string(alert.fingerprint),
            "receivers": .array(status.receivers.map { ["name": .string($0)] }), "startsAt": .string(alert.started.iso8601),
            "updatedAt": .string(alert.updated.iso8601),
            "endsAt": .string((alert.ended ?? alert.expires ?? alert.updated.advanced(by: .minutes(5))).iso8601),
            "generatorURL": .string(alert.generatorURL ?? ""),
            "status": [
                "state": status.isMuted ? "suppressed" : "active", "silencedBy": .array(status.silencedBy.map(JSONValue.string)),
                "inhibitedBy": status.isInhibited ? ["another alert"] : [], "mutedBy": [],
            ],
        ]
    }

    /// Which alerts a query asks for.
    private struct Filter {
        let matchers: [LabelMatcher]
        let receiver: LabelMatcher?
        let (active, silenced, inhibited): (Bool, Bool, Bool)

        init(_ request: Request) throws {
            matchers = try request.matchers()
            receiver = try request.query["receiver"].map { try LabelMatcher(name: "receiver", value: $0, isRegex: true) }
            active = request.query["active"] != "false"
            silenced = request.query["silenced"] != "false"
            inhibited = request.query["inhibited"] != "false"
        }

        func passes(_ status: AlertStatus) -> Bool {
            if !active && !status.isMuted { return false }
            if !silenced && !status.silencedBy.isEmpty { return false }
            if !inhibited && status.isInhibited { return false }
            if let receiver, !status.receivers.contains(where: receiver.fits) { return false }
            return matchers.allSatisfy { $0.fits(status.alert.labels) }
        }
    }
}
