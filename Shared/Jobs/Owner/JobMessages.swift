import Contracts
import Messaging
import Primitives

/// A worker asks whether to begin an order.
package struct JobBegin: Codable, Sendable {
    package var id: String
    package var worker: String

    package init(id: String, worker: String) {
        (self.id, self.worker) = (id, worker)
    }
}

/// The owner's answer to `JobBegin`.
package struct JobBeginReply: Codable, Sendable {
    /// The attempt's number; `nil` when the job has already ended and the order is to be dropped.
    package var attempt: Int?
}

/// The owner's answer to a `JobOutcome`.
package struct JobFinishReply: Codable, Sendable {
    /// Set when the job shall be tried again after this many seconds.
    package var retryAfterSeconds: Double?
}

/// Everyone who runs this job shall stop.
package struct JobCancel: Codable, Sendable {
    package var id: String
}

/// A worker's side of the conversation with the owner of the jobs.
struct JobOwnerClient: Sendable {
    private static let policy = RetryPolicy(maximumAttempts: 8, base: .milliseconds(250), cap: .seconds(5))
    let bus: MessageBus
    let service: String

    func begin(_ begin: JobBegin) async throws -> JobBeginReply {
        try await call("job-begin", begin, JobBeginReply.self)
    }

    func finish(_ outcome: JobOutcome) async throws -> JobFinishReply {
        try await call("job-finish", outcome, JobFinishReply.self)
    }

    private func call<Reply: Decodable>(_ method: String, _ body: some Encodable, _ reply: Reply.Type) async throws -> Reply {
        let subject = Subjects.rpc(service: service, method)
        let payload = try JSON.encode(body)
        var attempt = 1
        while true {
            do {
                let message = try await bus.request(subject, payload, timeout: .seconds(10))
                return try JSON.decode(Reply.self, from: message.payload)
            } catch let error as any CodedError where error.isRetriable && attempt < Self.policy.maximumAttempts {
                attempt += 1
                try await Task.sleep(for: Self.policy.delay(beforeAttempt: attempt))
            }
        }
    }
}
