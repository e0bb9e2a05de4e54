import GatewayCore
import HTTP
import HTTPServer
import ServiceRuntime

/// Everything the gateway answers, with what turns its errors into problem documents.
struct GatewayRoutes: Sendable {
    let gateway: Gateway
    let token: PrincipalToken
    /// Whether nginx sends the bytes of downloads.
    let usesAccelRedirect: Bool

    func add(to router: inout Router) {
        router.translateErrors { GatewayProblems.problem($0) ?? Problem($0) }
        let authenticator = Authenticator(token: token)
        AuthorizationRoutes(gateway: gateway, identities: SignedIdentities(token: token)).add(to: &router)
        KeyRoutes(keys: gateway.keys, authenticator: authenticator).add(to: &router)
        AdministrationRoutes(gateway: gateway, authenticator: authenticator).add(to: &router)
        UploadRoutes(uploads: gateway.uploads, files: gateway.files, authenticator: authenticator).add(to: &router)
        FileRoutes(files: gateway.files, authenticator: authenticator, usesAccelRedirect: usesAccelRedirect).add(to: &router)
    }
}
