package import HTTP
import HTTPServer
package import Primitives
import Synchronization

/// Stands in for the providers of language models, which are not ours to run: a real server that speaks the protocols of OpenAI
/// (chat, responses, embeddings), Anthropic, Ollama and Google as their references describe them, and misbehaves when a test says
/// so.
///
/// Unless scripted, it says `reply`; it calls the first tool that it is given, until the result comes; it gives JSON when a schema
/// asks for it.
package final class ModelProviderServer: Sendable {
    /// How one request is answered.
    package enum Turn: Sendable {
        case answer
        /// Says something else than usual.
        case say(String)
        case refuse(status: Int, retryAfter: String? = nil, after: Duration = .zero)
        /// OpenAI's refusal with a code of its own.
        case refuseAs(status: Int, code: String)
        /// The connection stays open and nothing comes.
        case hangBeforeHead
        /// So many events come, then nothing more.
        case hang(afterEvents: Int)
        /// So many events come, then the connection ends; of an answer in one piece, its beginning.
        case close(afterEvents: Int)
        /// Events that are not the protocol; an answer in one piece that is none.
        case garbage
        /// A pause before each event.
        case trickle(Duration)
        /// The first events come byte by byte, with a pause before each.
        case dribble(Duration)
        /// The provider gives up with this word where the reason to finish is.
        case giveUp(String)
        /// It gives up the first of several answers.
        case giveUpFirst(String)
        /// Google's filter refuses the prompt, or else lets nothing of the answer through; OpenAI's does the latter.
        case block(prompt: Bool)
        /// So many events come, and the others after a pause.
        case pause(afterEvents: Int, Duration)
        /// It thinks for so long, unseen, and tells so many tokens of thoughts.
        case think(tokens: Int, Duration)
        /// The provider tells no usage.
        case withoutUsage
        /// The provider tells its usage twice.
        case usageTwice
    }

    /// A request as it came.
    package struct Seen: Sendable {
        package let path: String
        package let headers: HTTPHeaders
        package let body: JSONValue
    }

    private struct State {
        var script: [Turn] = []
        var seen: [Seen] = []
        var departures = 0
        var models: [String]?
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    package static let reply = "Hello from the stand-in, in five pieces."
    /// What every answer is said to have used.
    package static let inputTokens = 21
    package static let outputTokens = 9

    private let state = Mutex(State())
    private let server: Mutex<HTTPServer?> = Mutex(nil)

    private init() {}

    /// Starts on a free port of 127.0.0.1.
    package static func start() throws -> ModelProviderServer {
        let provider = ModelProviderServer()
        var router = Router()
        for path in [
            "/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/messages", "/api/chat", "/api/embed",
            "/v1beta/models/{call...}",
        ] + ProviderDialect.allCases.map(\.path) {
            router.on(.post, path, limits: .unlimited) { [unowned provider] in try await provider.respond(to: $0) }
        }
        router.on(.get, "/api/tags") { [unowned provider] _ in provider.tags }
        let server = HTTPServer(configuration: HTTPServerConfiguration(), router: router)
        try server.start()
        provider.server.withLock { $0 = server }
        return provider
    }

    package func stop() async { await server.withLock { $0.take() }?.drain() }

    package var port: Int { server.withLock { $0?.port ?? 0 } }
    package var url: String { "http://127.0.0.1:\(port)" }
    package var seen: [Seen] { state.withLock(\.seen) }

    /// Answers the next requests like this, and those after them as usual.
    package func script(_ turns: Turn...) { state.withLock { $0.script += turns } }

    /// Says from now on that Ollama has these models; until then it has no list.
    package func list(_ models: [String]) { state.withLock { $0.models = models } }

    /// Source: Ollama's docs/api.md, "List Local Models".
    private var tags: Response {
        guard let models = state.withLock(\.models) else { return .empty(.notFound) }
        let list = models.map { name -> JSONValue in
            ["name": .string(name), "model": .string(name), "modified_at": "2026-11-21T12:00:00.000000Z", "size": 397_821_319]
        }
        return .json(["models": .array(list)] as JSONValue)
    }

    /// How often a caller went away before the end of an answer.
    package var departures: Int { state.withLock(\.departures) }

    /// Waits until so many callers have gone away before the ends of their answers.
    package func waitForDepartures(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.departures < count { state.waiting.append((count, continuation)) }
                return state.departures >= count
            }
            if isReached { continuation.resume() }
        }
    }

    private func respond(to request: Request) async throws -> Response {
        let body = try JSONValue(parsing: try await request.body.collect(upTo: .mib(64)))
        let turn = state.withLock { state in
            state.seen.append(Seen(path: request.path, headers: request.headers, body: body))
            return state.script.isEmpty ? Turn.answer : state.script.removeFirst()
        }
        let call = ProviderCallScript(path: request.path, body: body, turn: turn)
        if let refusal = call.refusal { return .json(refusal.body, status: HTTPStatus(rawValue: refusal.status)) }
        switch turn {
        case .refuse(let status, let retryAfter, let pause):
            try await Task.sleep(for: pause)
            var response = Response.json(call.failure(status: status), status: HTTPStatus(rawValue: status))
            if status == 503 {
                // A proxy's page in the place of a server that is gone.
                (response.headers["Content-Type"], response.body) = ("text/html", .bytes(Bytes("<h1>Unavailable</h1>".utf8)))
            }
            if let retryAfter { response.headers["Retry-After"] = retryAfter }
            return response
        case .refuseAs(let status, _): return .json(call.failure(status: status), status: HTTPStatus(rawValue: status))
        case .hangBeforeHead: try await hang()
        default: break
        }
        guard call.streams else { return whole(call) }
        let events = call.events
        return .stream(type: call.streamType) { [self] writer in try await write(events, turn, to: writer) }
    }

    private func whole(_ call: ProviderCallScript) -> Response {
        let answer = call.wholeAnswer.serialized()
        switch call.turn {
        case .close:
            return .stream(type: "application/json", contentLength: Int64(answer.count)) { writer in
                try await writer.write(Bytes(answer.prefix(20)))
                throw Closed()
            }
        case .garbage: return Response(headers: ["Content-Type": "application/json"], body: .bytes(Bytes(answer.prefix(20))))
        default: return Response(headers: ["Content-Type": "application/json"], body: .bytes(answer))
        }
    }

    private func write(_ events: [Bytes], _ turn: Turn, to writer: ResponseWriter) async throws {
        for (index, event) in events.enumerated() {
            switch turn {
            case .hang(let count) where index == count: try await hang()
            case .close(let count) where index == count: throw Closed()
            case .garbage where index == 4:
                // What came before shall have gone on when it comes.
                do { try await Task.sleep(for: .milliseconds(200)) } catch { try left(error) }
                try await writer.write("data: {\"choices\": [}\n\n")
            case .pause(let count, let pause) where index == count:
                do { try await Task.sleep(for: pause) } catch { try left(error) }
            case .think(_, let pause) where index == 0:
                do { try await Task.sleep(for: pause) } catch { try left(error) }
            case .trickle(let pause):
                do { try await Task.sleep(for: pause) } catch { try left(error) }
            case .dribble(let pause):
                for byte in event {
                    do {
                        try await Task.sleep(for: pause)
                        try await writer.write([byte])
                    } catch { try left(error) }
                }
                continue
            default: break
            }
            do { try await writer.write(event) } catch { try left(error) }
        }
    }

    private func hang() async throws {
        do { try await Task.sleep(for: .hours(1)) } catch { try left(error) }
    }

    private func left(_ error: any Error) throws -> Never {
        let ready = state.withLock { state in
            state.departures += 1
            let ready = state.waiting.filter { $0.count <= state.departures }
            state.waiting.removeAll { $0.count <= state.departures }
            return ready
        }
        for waiting in ready { waiting.continuation.resume() }
        throw error
    }

    private struct Closed: Error {}
}
