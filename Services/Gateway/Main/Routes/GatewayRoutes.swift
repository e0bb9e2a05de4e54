import GatewayCore
import HTTP
import HTTPServer
import ModelGateway
import ServiceRuntime

/// Everything the gateway answers, with what turns its errors into problem documents.
struct GatewayRoutes: Sendable {
    let gateway: Gateway
    /// The language models; `nil` where there are none.
    var models: ModelService?
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
        if let models {
            let access = ModelAccess(gateway: gateway)
            let doors = ModelDoorRoutes(access: access, models: models)
            doors.add(to: &router)
            ModelListRoutes(doors: doors, models: models).add(to: &router)
            ModelAccountRoutes(doors: doors, access: access, models: models).add(to: &router)
        }
        FileRoutes(files: gateway.files, authenticator: authenticator, usesAccelRedirect: usesAccelRedirect).add(to: &router)
    }
}
