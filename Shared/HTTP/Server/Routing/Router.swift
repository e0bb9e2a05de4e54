package import HTTP
import Primitives

/// Finds the handler for a request, and turns errors into problem documents.
///
/// A route for GET answers HEAD too, and OPTIONS is answered with what a path allows, unless routes of their own do it.
package struct Router: Sendable {
    private static let log = Log("http")

    private var table = RouteTable()
    private var middlewares: [any Middleware] = []

    /// What errors mean to clients, beyond problems.
    private var translation: @Sendable (any Error) -> Problem? = { _ in nil }

    package init() {}

    /// Tells what errors that handlers throw mean to clients; every other one is a 500 that shows nothing.
    /// - Parameter translation: gives `nil` for errors that mean a fault of the service.
    package mutating func translateErrors(_ translation: @escaping @Sendable (any Error) -> Problem?) {
        self.translation = translation
    }

    /// - Parameters:
    ///   - pattern: a path; `{name}` stands for one segment, `{name...}` at the end for all that follow.
    ///   - limits: how long request bodies may be; the server's configuration says it otherwise.
    package mutating func on(_ method: HTTPMethod, _ pattern: String, limits: BodyLimit? = nil, _ handler: @escaping Handler) {
        let parsed = RoutePattern(pattern)
        let names = parsed.parameterNames
        table.add(.init(method: method, pattern: pattern, parameterNames: names, limit: limits, handler: handler), at: parsed)
    }

    /// Every route's method and pattern, in no order: what published documents are checked against.
    package var routes: [(method: HTTPMethod, pattern: String)] { table.routes.map { ($0.method, $0.pattern) } }

    /// Adds middleware around all routes, whenever they are added; the first added is the outermost.
    package mutating func use(_ middleware: any Middleware) {
        middlewares.append(middleware)
    }

    /// Answers the request. Errors become problem documents: a `Problem` its own; any other a 500 that tells nothing of the
    /// inside, while the log does.
    package func respond(to request: Request) async -> Response {
        var request = request
        let handler: Handler
        do throws(Problem) {
            handler = try route(&request)
        } catch {
            handler = { _ in throw error }
        }
        if middlewares.isEmpty { return await answer(request, with: handler) }
        do {
            return try await pass(request, through: 0, to: handler)
        } catch {
            return response(to: error, request)
        }
    }

    private func pass(_ request: Request, through index: Int, to handler: @escaping Handler) async throws -> Response {
        guard index < middlewares.count else { return await answer(request, with: handler) }
        return try await middlewares[index].handle(request) { try await pass($0, through: index + 1, to: handler) }
    }

    private func answer(_ request: Request, with handler: Handler) async -> Response {
        do {
            return try await handler(request)
        } catch {
            return response(to: error, request)
        }
    }

    // MARK: Finding the route

    /// - Throws: `Problem` 400, 404, 405 or 413.
    private func route(_ request: inout Request) throws(Problem) -> Handler {
        if request.target == "*" { return options(table.methods) }
        let path = request.rawPath
        // What is written in the program, letter by letter, can be no other place.
        let found = if let literal = table.literal(path) { literal } else { table.match(try normal(path)) }
        guard let match = found else {
            throw Problem(status: .notFound, code: "route-not-found", "there is nothing at this path")
        }
        let method = request.method
        guard
            let route = match.routes.first(where: { $0.method == method })
                ?? (method == .head ? match.routes.first { $0.method == .get } : nil)
        else {
            let methods = match.routes.map(\.method)
            if method == .options { return options(methods) }
            throw Problem(
                status: .methodNotAllowed, code: "method-not-allowed", "this path does not answer \(method)",
                headers: ["Allow": Self.allow(methods)])
        }
        for (name, value) in zip(route.parameterNames, match.values) {
            guard let decoded = PercentEncoding.decode(value, plusIsSpace: false) else { throw Self.malformedPath }
            request.parameters[name] = decoded
        }
        request.route = route.pattern
        if let limit = route.limit { request.body.limit = limit }
        try request.body.checkAnnouncedLength()
        return route.handler
    }

    /// Refuses paths that could mean another place than the one they seem to: dot segments, NUL, malformed escapes.
    private func normal(_ path: Substring) throws(Problem) -> Substring {
        let utf8 = path.utf8
        guard utf8.first == UInt8(ascii: "/") else { throw Self.malformedPath }
        if !utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: ".") }) { return path }
        guard let decoded = PercentEncoding.decode(path, plusIsSpace: false), !decoded.utf8.contains(0),
            !decoded.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
        else { throw Self.malformedPath }
        return path
    }

    private static var malformedPath: Problem {
        Problem(
            status: .badRequest, code: "invalid-path", "the path has malformed escapes, bytes that are not UTF-8, or dot segments")
    }

    private func options(_ methods: [HTTPMethod]) -> Handler {
        let allow = Self.allow(methods)
        return { _ in Response(status: .noContent, headers: ["Allow": allow]) }
    }

    private static func allow(_ methods: [HTTPMethod]) -> String {
        var names = Set(methods.map(\.rawValue))
        names.insert("OPTIONS")
        if names.contains("GET") { names.insert("HEAD") }
        return names.sorted().joined(separator: ", ")
    }

    // MARK: Errors

    private func response(to error: any Error, _ request: Request) -> Response {
        if let problem = error as? Problem ?? translation(error) {
            if problem.status.isServerError { log(problem, request) }
            return .problem(problem)
        }
        // Nobody reads this answer when the client has left; when the server ends by force, it is true.
        if error is CancellationError || error is ClientDisconnected {
            return .problem(Problem(status: .serviceUnavailable, code: "request-cancelled", "the request was cancelled"))
        }
        log(error, request)
        return .problem(
            Problem(status: .internalServerError, code: "internal-error", "the server failed to answer; the failure is logged"))
    }

    private func log(_ error: any Error, _ request: Request) {
        let code = (error as? any CodedError)?.code ?? "unknown"
        Self.log.error(
            "a request failed",
            [
                "method": .string(request.method.rawValue), "route": .string(request.route ?? ""), "code": .string(code),
                "error": .string("\(error)"),
            ])
    }
}
