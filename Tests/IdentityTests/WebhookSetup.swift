import Identity
import Persistence
import Primitives
import Synchronization
import Testing

/// A receiver whose answers the test chooses, and which keeps what it was sent.
final class Receiver: Sendable {
    private let state = Mutex((standard: Optional(WebhookAnswer(status: 200)), requests: [WebhookRequest]()))

    var requests: [WebhookRequest] { state.withLock { $0.requests } }

    /// The messages that it was sent.
    var ids: [String?] { requests.map { $0.headers.first { $0.name == "webhook-id" }?.value } }

    /// - Parameter answer: `nil` for none.
    func answer(_ answer: WebhookAnswer?) { state.withLock { $0.standard = answer } }

    var send: @Sendable (WebhookRequest) async throws -> WebhookAnswer {
        { request in
            try self.state.withLock { state in
                state.requests.append(request)
                guard let answer = state.standard else { throw Unreachable() }
                return answer
            }
        }
    }
}

/// A connection that can not be made.
struct Unreachable: CodedError {
    let code = "unreachable"
    let message = "there is nobody"

}

/// Webhooks, a receiver and what sends to it.
struct WebhookSetup {
    let scratch: Scratch
    let webhooks: Webhooks
    let receiver = Receiver()
    let dispatcher: WebhookDispatcher

    init(_ scratch: Scratch) throws {
        self.scratch = scratch
        let secrets = try #require(DerivedSecrets(master: Bytes(repeating: 1, count: 32)))
        webhooks = Webhooks(scratch.database, secrets: secrets, clock: scratch.clock.read)
        dispatcher = WebhookDispatcher(webhooks, random: { 1 }, send: receiver.send)
    }

    func add(_ types: [String] = [], owner: String = "org_a") async throws -> WebhookEndpoint {
        try await webhooks.add(url: "https://example.org/hook", types: types, owner: owner)
    }

    @discardableResult
    func publish(_ type: String = "job.finished", id: String = Identifier.make("msg"), owner: String = "org_a") async throws
        -> Int
    {
        let event = WebhookEvent(id: id, owner: owner, type: type, time: scratch.clock.now, data: ["job": "job_1"])
        return try await scratch.database.write { [webhooks] in try webhooks.publish(event, on: $0) }
    }

    static func with(_ body: (WebhookSetup) async throws -> Void) async throws {
        try await Scratch.with { try await body(try WebhookSetup($0)) }
    }
}
