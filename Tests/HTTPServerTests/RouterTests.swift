import HTTP
import HTTPServer
import Primitives
import Testing

@Suite struct RouterTests {
    private enum NameKey: RequestContextKey {
        typealias Value = String
    }

    private struct Naming: Middleware {
        let name: String

        func handle(_ request: Request, next: Handler) async throws -> Response {
            var request = request
            request.context[NameKey.self] = (request.context[NameKey.self] ?? "") + name
            var response = try await next(request)
            response.headers.add("X-Passed", "\(name) \(request.route ?? "none") \(response.status.rawValue)")
            return response
        }
    }

    private struct Refusing: Middleware {
        func handle(_ request: Request, next: Handler) async throws -> Response {
            throw Problem(status: .unauthorized, code: "no-key", "send a key", headers: ["WWW-Authenticate": "Bearer"])
        }
    }

    private var router: Router {
        var router = Router()
        for pattern in [
            "/", "/files", "/files/{id}", "/files/new", "/files/{id}/parts/{part}", "/static/{path...}", "/a/{x}/c", "/a/b/{y}/d",
        ] {
            router.on(.get, pattern) { request in
                let values = request.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                return .text(([pattern] + values).joined(separator: " "))
            }
        }
        router.on(.post, "/files") { _ in .empty(.created) }
        router.on(.delete, "/files/{file}") { .text($0.parameters["file"] ?? "") }
        return router
    }

    private func respond(_ method: HTTPMethod, _ target: String, from router: Router) async -> (Response, String) {
        let response = await router.respond(to: Request(method: method, target: target))
        guard case .bytes(let bytes) = response.body else { return (response, "") }
        return (response, String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: [
        ("/", "/"), ("/files", "/files"), ("/files?x=1", "/files"), ("/files/new", "/files/new"), ("/files/7", "/files/{id} id=7"),
        ("/files/a%20b%2Fc", "/files/{id} id=a b/c"), ("/files/7/parts/2", "/files/{id}/parts/{part} id=7 part=2"),
        ("/static/css/a.css", "/static/{path...} path=css/a.css"), ("/static/", "/static/{path...} path="),
        ("/a/b/c", "/a/{x}/c x=b"), ("/a/b/c/d", "/a/b/{y}/d y=c"), ("/files/%C3%A4", "/files/{id} id=ä"),
    ])
    func finds(_ target: String, _ answer: String) async {
        let (response, text) = await respond(.get, target, from: router)
        #expect(response.status == .ok)
        #expect(text == answer)
    }

    @Test(arguments: ["/nothing", "/files/", "/files/7/parts", "/Files", "/files//parts/2", "//files"])
    func doesNotFind(_ target: String) async {
        let (response, text) = await respond(.get, target, from: router)
        #expect(response.status == .notFound)
        #expect(text.contains("route-not-found"))
    }

    @Test(arguments: [
        "/static/../files", "/static/%2e%2e/files", "/static/a/./b", "/files/%zz", "/files/%", "/files/%ff", "/files/a%00b",
        "/static/..%2Fx",
    ])
    func refuses(_ target: String) async {
        let (response, text) = await respond(.get, target, from: router)
        #expect(response.status == .badRequest)
        #expect(text.contains("invalid-path"))
    }

    @Test func namesTheMethodsOfAPath() async {
        let (response, text) = await respond(.put, "/files", from: router)
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
        #expect(text.contains("method-not-allowed"))
        let (options, _) = await respond(.options, "/files/7", from: router)
        #expect(options.status == .noContent)
        #expect(options.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS")
        let (all, _) = await respond(.options, "*", from: router)
        #expect(all.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, POST")
    }

    @Test func answersHeadFromGet() async {
        let (response, _) = await respond(.head, "/files/7", from: router)
        #expect(response.status == .ok)
    }

    @Test func namesOfRoutesMayDifferByMethod() async {
        let (_, text) = await respond(.delete, "/files/7", from: router)
        #expect(text == "7")
    }

    @Test func passesMiddlewareFromTheOutside() async {
        var router = router
        router.use(Naming(name: "a"))
        router.use(Naming(name: "b"))
        router.on(.get, "/name") { .text($0.context[NameKey.self] ?? "") }
        let (response, text) = await respond(.get, "/name", from: router)
        #expect(text == "ab")
        #expect(response.headers.all("X-Passed") == ["b /name 200", "a /name 200"])
        let (missing, _) = await respond(.get, "/nothing", from: router)
        #expect(missing.headers.all("X-Passed") == ["b none 404", "a none 404"])
    }

    @Test func middlewareMayRefuse() async {
        var router = router
        router.use(Refusing())
        let (response, text) = await respond(.get, "/files", from: router)
        #expect(response.status == .unauthorized)
        #expect(response.headers["WWW-Authenticate"] == "Bearer")
        #expect(text.contains("\"code\":\"no-key\""))
    }

    @Test func tellsNothingOfTheInside() async {
        struct Secret: CodedError {
            let code = "secret-code"
            let message = "password 123"
        }
        var router = Router()
        router.on(.get, "/fails") { _ in throw Secret() }
        let (response, text) = await respond(.get, "/fails", from: router)
        #expect(response.status == .internalServerError)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        #expect(!text.contains("secret") && !text.contains("123"))
    }

    @Test func limitsBodiesByRoute() async throws {
        var router = Router()
        router.on(.post, "/small", limits: .atMost(.bytes(3))) {
            .bytes(try await $0.body.collect(upTo: .kib(1)), type: "text/plain")
        }
        for (body, status) in [("abc", HTTPStatus.ok), ("abcd", .contentTooLarge)] {
            let response = await router.respond(to: Request(method: .post, target: "/small", body: RequestBody(Bytes(body.utf8))))
            #expect(response.status == status)
        }
    }
}
