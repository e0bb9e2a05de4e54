import HTTP
import HTTPServer
package import Primitives
import Synchronization

/// Stands for Slack on this machine: incoming webhooks at `/hook` and `chat.postMessage` at `/api/chat.postMessage`. It answers as a
/// test says, keeps what came, and notes what Slack would refuse.
package final class SlackServer: Sendable {
    /// How one message is answered.
    package enum Turn: Sendable {
        case status(Int, retryAfter: Int? = nil)
        /// `ok: false` with this error; of webhooks, 404 and this text.
        case error(String)
        /// No answer, until the sender goes away.
        case hang
        /// Success, after a while.
        case late(Duration)
    }

    private struct State {
        var script: [Turn] = []
        var attempts = 0
        var taken: [JSONValue] = []
        var problems: [String] = []
    }

    private let state = Mutex(State())
    private let server: Mutex<HTTPServer?> = Mutex(nil)

    /// Kept for it also when it is away.
    package let reserved: ReservedPort

    private init(_ port: ReservedPort) { reserved = port }

    /// - Parameter port: a free one by default; that of an earlier one, for a Slack that comes back.
    package static func start(port: ReservedPort? = nil) throws -> SlackServer {
        let slack = SlackServer(try port ?? ReservedPort())
        var router = Router()
        router.on(.post, "/hook") { [unowned slack] in try await slack.take($0, isBot: false) }
        router.on(.post, "/api/chat.postMessage") { [unowned slack] in try await slack.take($0, isBot: true) }
        var configuration = HTTPServerConfiguration()
        configuration.port = slack.port
        let server = HTTPServer(configuration: configuration, router: router)
        try server.start()
        slack.server.withLock { $0 = server }
        return slack
    }

    package func stop() async { await server.withLock { $0.take() }?.drain() }

    package var port: Int { reserved.number }
    package var hook: String { "http://127.0.0.1:\(port)/hook" }
    package var api: String { "http://127.0.0.1:\(port)/api" }
    /// Messages that were answered with success.
    package var taken: [JSONValue] { state.withLock(\.taken) }
    package var attempts: Int { state.withLock(\.attempts) }
    /// What Slack would have refused.
    package var problems: [String] { state.withLock(\.problems) }

    /// Answers the next messages like this, and those after them with success.
    package func script(_ turns: Turn...) { state.withLock { $0.script += turns } }

    private func take(_ request: Request, isBot: Bool) async throws -> Response {
        let message = try JSONValue(parsing: try await request.body.collect(upTo: .mib(1)))
        let turn = state.withLock { state in
            state.attempts += 1
            return state.script.isEmpty ? nil : state.script.removeFirst()
        }
        switch turn {
        case .hang: try await Task.sleep(for: .seconds(3600))
        case .error(let error):
            let answer: JSONValue = ["ok": false, "error": .string(error)]
            return isBot ? .json(answer) : .text(error, status: .notFound)
        case .status(let status, let retryAfter):
            var response = Response.empty(HTTPStatus(rawValue: status))
            if let retryAfter { response.headers["Retry-After"] = "\(retryAfter)" }
            return response
        case .late(let wait): try await Task.sleep(for: wait)
        case nil: break
        }
        let found = Self.problems(of: message, isBot: isBot, request.headers)
        let number = state.withLock { state in
            state.problems += found
            state.taken.append(message)
            return state.taken.count
        }
        guard isBot else { return found.isEmpty ? .text("ok") : .text("invalid_blocks", status: .badRequest) }
        let answer: JSONValue = ["ok": .bool(found.isEmpty), "ts": .string("1795237200.00000\(number)")]
        return .json(answer)
    }

    /// The limits of api.slack.com, reference/block-kit/blocks and chat.postMessage.
    private static func problems(of message: JSONValue, isBot: Bool, _ headers: HTTPHeaders) -> [String] {
        var problems: [String] = []
        func check(_ holds: Bool, _ problem: String) { if !holds { problems.append(problem) } }
        check(headers["Content-Type"]?.hasPrefix("application/json") == true, "no JSON")
        check(message["text"]?.stringValue?.isEmpty == false, "no text for notifications")
        if isBot {
            check(headers["Authorization"]?.hasPrefix("Bearer xoxb-") == true, "not_authed")
            check(message["channel"]?.stringValue?.isEmpty == false, "no channel")
        }
        let blocks = message["blocks"]?.arrayValue ?? []
        check((1...50).contains(blocks.count), "\(blocks.count) blocks")
        for block in blocks {
            let text = block["text"]?["text"]?.stringValue ?? ""
            switch block["type"]?.stringValue {
            case "header":
                check(block["text"]?["type"] == "plain_text", "a header is plain text")
                check((1...150).contains(text.utf16.count), "a header of \(text.utf16.count)")
            case "section": check((1...3000).contains(text.utf16.count), "a section of \(text.utf16.count)")
            case "context":
                let elements = block["elements"]?.arrayValue ?? []
                check((1...10).contains(elements.count), "a context of \(elements.count)")
                check(elements.allSatisfy { !($0["text"]?.stringValue ?? "").isEmpty }, "an empty element")
            case let type: problems.append("a block of type \(type ?? "none")")
            }
        }
        return problems
    }
}
