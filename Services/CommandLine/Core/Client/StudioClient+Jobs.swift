import Contracts
import HTTP
import HTTPClient
import Primitives

extension StudioClient {
    /// Starts an operation.
    /// - Returns: the job's document, or the batch's when there are several inputs for a single-input operation.
    func start(_ operation: String, inputs: [String], parameters: JSONValue) async throws -> JSONValue {
        let body: JSONValue =
            inputs.count == 1
            ? ["input": .string(inputs[0]), "parameters": parameters]
            : ["inputs": .array(inputs.map(JSONValue.string)), "parameters": parameters]
        return try await json(
            .post, "/" + operation.replacing(".", with: "/"), body: body, headers: ["Idempotency-Key": Identifier.make("cli")])
    }

    /// Follows a job by its events until it has ended; a connection that breaks is taken up again.
    /// - Returns: the job's final document.
    func follow(_ id: String, service: String, onProgress: @Sendable (JobDocument) -> Void) async throws -> JobDocument {
        let policy = RetryPolicy(maximumAttempts: 10, base: .milliseconds(300), cap: .seconds(5))
        var attempt = 1
        while true {
            do {
                let response = try await send(.get, "/\(service)/jobs/\(id)/events", headers: ["Accept": "text/event-stream"])
                var events = ServerSentEventParser()
                for try await bytes in response.body {
                    for event in events.consume(bytes) {
                        attempt = 1
                        guard event.event != "partial" else { continue }
                        let job = try JSON.decode(JobDocument.self, from: Bytes(event.data.utf8))
                        onProgress(job)
                        if job.state.isFinal { return job }
                    }
                }
            } catch let error as CommandFailure where error.exitCode != .unreachable {
                throw error
            } catch is CommandFailure, is HTTPClientError {
                // The stream broke while the job goes on: asked again below.
            }
            attempt += 1
            guard attempt <= policy.maximumAttempts else {
                throw CommandFailure(.unreachable, "the studio does not answer any more; the job \(id) may still be running")
            }
            try await Task.sleep(for: policy.delay(beforeAttempt: attempt))
        }
    }
}
