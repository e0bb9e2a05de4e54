import Contracts
import HTTP
import HTTPClient
import Primitives

extension StudioClient {
    /// Starts an operation.
    /// - Returns: the job's document, or the batch's when there are several inputs for a single-input operation.
    func start(_ operation: String, inputs: [String], parameters: JSONValue) async throws -> JSONValue {
        let body: JSONValue = inputs.count == 1
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
                var events = EventStreamParser()
                for try await bytes in response.body {
                    for data in events.feed(bytes) {
                        attempt = 1
                        let job = try JSON.decode(JobDocument.self, from: data)
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

/// Takes the `data` of server-sent events (WHATWG HTML, section 9.2) out of a stream of bytes.
package struct EventStreamParser: Sendable {
    private var line = Bytes()
    private var data = Bytes()

    package init() {}

    /// - Returns: the data of each event that is complete.
    package mutating func feed(_ bytes: Bytes) -> [Bytes] {
        var events: [Bytes] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                if byte != UInt8(ascii: "\r") { line.append(byte) }
                continue
            }
            if line.isEmpty {
                if !data.isEmpty { events.append(data) }
                data.removeAll(keepingCapacity: true)
            } else if line.starts(with: "data:".utf8) {
                if !data.isEmpty { data.append(UInt8(ascii: "\n")) }
                let value = line.dropFirst(5)
                data.append(contentsOf: value.first == UInt8(ascii: " ") ? value.dropFirst() : value)
            }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }
}
