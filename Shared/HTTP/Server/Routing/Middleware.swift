/// Answers a request.
package typealias Handler = @Sendable (Request) async throws -> Response

/// Works on every request before and after its handler. Runs after routing, so that the route and its parameters are known,
/// and for requests that no route answers too.
package protocol Middleware: Sendable {
    /// - Parameter next: the rest of the way; it answers errors of the handler with problem documents and does not throw them.
    /// - Throws: what is to be answered instead: a `Problem`, or another error that becomes a 500.
    func handle(_ request: Request, next: Handler) async throws -> Response
}
