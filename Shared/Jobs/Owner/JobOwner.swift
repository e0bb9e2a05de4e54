package import Contracts
package import Messaging
import Primitives

/// Whom a worker asks before a job and tells after it: the `JobService` itself in its own process, a `RemoteJobOwner` elsewhere.
package protocol JobOwner: Sendable {
    /// Asks whether to begin an order.
    /// - Throws: an error that `isRetriable` when asking again may help.
    func begin(_ begin: JobBegin) async throws -> JobBeginReply

    /// Tells how an attempt ended. Telling it twice changes nothing.
    /// - Throws: an error that `isRetriable` when telling it again may help.
    func finish(_ outcome: JobOutcome) async throws -> JobFinishReply
}

/// The owner of a service's jobs in another process, behind messages.
package struct RemoteJobOwner: JobOwner {
    private let bus: MessageBus
    private let service: String

    /// - Parameter service: whose jobs: `audio`.
    package init(bus: MessageBus, service: String) {
        (self.bus, self.service) = (bus, service)
    }

    package func begin(_ begin: JobBegin) async throws -> JobBeginReply {
        try await call("job-begin", begin)
    }

    package func finish(_ outcome: JobOutcome) async throws -> JobFinishReply {
        try await call("job-finish", outcome)
    }

    private func call<Reply: Decodable>(_ method: String, _ body: some Encodable) async throws -> Reply {
        let message = try await bus.request(Subjects.rpc(service: service, method), JSON.encode(body), timeout: .seconds(10))
        return try JSON.decode(Reply.self, from: message.payload)
    }
}
