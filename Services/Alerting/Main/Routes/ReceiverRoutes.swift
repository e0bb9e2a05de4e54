import AlertingCore
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime
import YAML

/// What people have decided, whether it can be used, and what has become of messages: `/api/alerts/rules`, `/api/alerts/receivers`,
/// `/api/alerts/deliveries`.
struct ReceiverRoutes: Sendable {
    let center: AlertCenter
    let files: AlertFiles
    let queue: DeliveryQueue
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(
            .get, "/api/alerts/rules",
            authenticator.require(.alertingRead) { _, _ in
                await center.refresh(files)
                let document: JSONValue = ["rules": .array(await center.ruleDocuments), "file": file]
                return .json(document).adding("Cache-Control", "no-store")
            })
        router.on(
            .get, "/api/alerts/receivers",
            authenticator.require(.alertingRead) { _, _ in
                await center.refresh(files)
                let receivers: [JSONValue] = await center.receivers.map { receiver in
                    let channels: [JSONValue] = receiver.channels.map { ["kind": .string($0.kind), "target": .string($0.target)] }
                    return ["name": .string(receiver.name), "channels": .array(channels)]
                }
                let document: JSONValue = ["receivers": .array(receivers)]
                return .json(document)
            })
        router.on(
            .post, "/api/alerts/receivers/{name}/test",
            authenticator.require(.alertingWrite) { request, _ in
                // Somebody has just changed a secret and wants to know whether it is right.
                await center.refresh(files)
                let deliveries = try await center.test(request.parameters["name"] ?? "")
                let document: JSONValue = ["deliveries": .array(deliveries.map(\.document))]
                return .json(document, status: .accepted)
            })
        router.on(
            .get, "/api/alerts/deliveries",
            authenticator.require(.alertingRead) { request, _ in try await page(request) })
        router.on(
            .get, "/api/alerts/deliveries/{id}",
            authenticator.require(.alertingRead) { request, _ in
                let id = request.parameters["id"] ?? ""
                guard let delivery = try await queue.find(id) else { throw AlertingError.deliveryNotFound(id) }
                return .json(delivery.document)
            })
        router.on(
            .post, "/api/alerts/deliveries/{id}/resend",
            authenticator.require(.alertingWrite) { request, _ in
                let delivery = try await queue.resend(request.parameters["id"] ?? "")
                _ = center.ordered.trySend(())
                return .json(delivery.document, status: .accepted)
            })
    }

    private var file: JSONValue {
        let problems: [JSONValue] = (files.problem?.problems ?? []).map { problem in
            [
                "file": .string(problem.file), "line": JSONValue(problem.position.line),
                "column": JSONValue(problem.position.column), "text": .string(problem.text),
            ]
        }
        return [
            "path": .string(files.path), "read": JSONValue(files.read?.iso8601), "is_current": .bool(problems.isEmpty),
            "problems": .array(problems),
        ]
    }

    private func page(_ request: Request) async throws -> Response {
        let state = try request.query["state"].map { word in
            guard let state = Delivery.State(rawValue: word) else {
                throw Problem(
                    status: .badRequest, code: "out-of-range", "state must be waiting, delivered or dead", field: "state")
            }
            return state
        }
        let before = try request.query["before"].map { text in
            guard Identifier.isWellFormed(text, prefix: "ntf") else {
                throw Problem(status: .badRequest, code: "wrong-type", "before must be the next of a page", field: "before")
            }
            return text
        }
        let limit = try request.query["limit"].map { text in
            guard let number = Int(text), (1...500).contains(number) else {
                throw Problem(status: .badRequest, code: "out-of-range", "limit must be between 1 and 500", field: "limit")
            }
            return number
        }
        let deliveries = try await queue.page(state, before: before, limit: limit ?? 50)
        var document: [String: JSONValue] = ["deliveries": .array(deliveries.map(\.document))]
        document["counts"] = .object(try await queue.counts().mapValues { JSONValue($0) })
        document["given_up"] = JSONValue(try await queue.givenUp())
        if deliveries.count == limit ?? 50, let last = deliveries.last { document["next"] = .string(last.id) }
        return Response.json(.object(document)).adding("Cache-Control", "no-store")
    }
}
