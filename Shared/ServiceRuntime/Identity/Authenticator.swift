package import Contracts
import HTTP
package import HTTPServer
import Primitives

/// Lets only requests through whose signed identity holds a scope.
package struct Authenticator: Sendable {
    private let token: PrincipalToken

    package init(token: PrincipalToken) {
        self.token = token
    }

    /// Wraps a handler.
    /// - Parameters:
    ///   - scope: what the caller must hold; `nil` when being known is enough.
    ///   - handler: gets the request and who it comes from.
    package func require(
        _ scope: Scope?, _ handler: @escaping @Sendable (Request, Principal) async throws -> Response
    ) -> Handler {
        { [token] request in
            guard let header = request.headers[PrincipalToken.header] else {
                throw Problem(
                    status: .unauthorized, code: "unauthenticated", "this request needs a key: Authorization: Bearer avs_…")
            }
            let principal: Principal
            do throws(PrincipalToken.Invalid) {
                principal = try token.verify(header)
            } catch {
                throw Problem(status: .unauthorized, code: error.code, error.message)
            }
            if let scope, !principal.may(scope) {
                throw Problem(status: .forbidden, code: "scope-missing", "this key lacks the scope \(scope.rawValue)")
            }
            return try await handler(request, principal)
        }
    }
}
