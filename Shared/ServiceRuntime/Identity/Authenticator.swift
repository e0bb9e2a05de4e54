package import Contracts
import Cryptography
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
                throw Self.refusal("unauthenticated", "this request needs a key: Authorization: Bearer avs_…")
            }
            let principal: Principal
            do throws(PrincipalToken.Invalid) {
                principal = try token.verify(header)
            } catch {
                throw Self.refusal(error.code, error.message)
            }
            if let scope, !principal.may(scope) {
                throw Problem(status: .forbidden, code: "scope-missing", "this needs the scope \(scope.rawValue)")
            }
            return try await handler(request.bound(to: principal), principal)
        }
    }

    private static func refusal(_ code: String, _ message: String) -> Problem {
        Problem(status: .unauthorized, code: code, message, headers: ["WWW-Authenticate": "Bearer realm=\"avstudio\""])
    }
}

extension Request {
    /// The request with the body that its signer has signed, or none at all: its reading fails for another.
    package func bound(to principal: Principal) -> Request {
        guard let digest = principal.bodyDigest else { return self }
        var request = self
        // What is no digest is none that any bytes have.
        request.body.digest = Hex.decode(digest) ?? []
        return request
    }
}
