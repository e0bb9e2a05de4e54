package import HTTP
import HTTPServer
package import Primitives
import Synchronization

/// A receiver of webhooks on this machine: answers as a test says, and keeps what came.
package final class WebhookReceiver: Sendable {
    /// How one message is answered.
    package enum Turn: Sendable {
        case status(Int)
        /// No answer, until the sender goes away.
        case hang
    }

    /// A message as it came.
    package struct Seen: Sendable {
        package let headers: HTTPHeaders
        package let body: Bytes

        package var id: String { headers["webhook-id"] ?? "" }
        package var type: String? { (try? JSONValue(parsing: body))?["type"]?.stringValue }
        package var data: JSONValue { (try? JSONValue(parsing: body))?["data"] ?? .null }
    }

    private struct State {
        var script: [Turn] = []
        var seen: [Seen] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let server: Mutex<HTTPServer?> = Mutex(nil)

    private init() {}

    /// Starts on a free port of 127.0.0.1.
    package static func start() throws -> WebhookReceiver {
        let receiver = WebhookReceiver()
        var router = Router()
        router.on(.post, "/hooks") { [unowned receiver] in try await receiver.take($0) }
        let server = HTTPServer(configuration: HTTPServerConfiguration(), router: router)
        try server.start()
        receiver.server.withLock { $0 = server }
        return receiver
    }

    package func stop() async { await server.withLock { $0.take() }?.drain() }

    package var url: String { "http://127.0.0.1:\(server.withLock { $0?.port ?? 0 })/hooks" }
    package var seen: [Seen] { state.withLock(\.seen) }

    /// Answers the next messages like this, and those after them with 204.
    package func script(_ turns: Turn...) { state.withLock { $0.script += turns } }

    /// Waits until so many messages have come, repetitions included.
    /// - Returns: all of them.
    package func wait(for count: Int) async -> [Seen] {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.seen.count < count { state.waiting.append((count, continuation)) }
                return state.seen.count >= count
            }
            if isReached { continuation.resume() }
        }
        return seen
    }

    private func take(_ request: Request) async throws -> Response {
        let message = Seen(headers: request.headers, body: try await request.body.collect(upTo: .mib(1)))
        let (turn, ready) = state.withLock { state in
            state.seen.append(message)
            let ready = state.waiting.filter { $0.count <= state.seen.count }
            state.waiting.removeAll { $0.count <= state.seen.count }
            return (state.script.isEmpty ? Turn.status(204) : state.script.removeFirst(), ready)
        }
        for waiting in ready { waiting.continuation.resume() }
        switch turn {
        case .status(let status): return .empty(HTTPStatus(rawValue: status))
        case .hang:
            try await Task.sleep(for: .hours(1))
            return .empty(.noContent)
        }
    }
}
