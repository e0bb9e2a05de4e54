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
        let admission = Admission(gateway: gateway)
        AuthorizationRoutes(admission: admission, identities: SignedIdentities(token: token)).add(to: &router)
        AuthRoutes(gateway: gateway, admission: admission, authenticator: authenticator).add(to: &router)
        MeRoutes(gateway: gateway, authenticator: authenticator).add(to: &router)
        OrganisationRoutes(gateway: gateway, authenticator: authenticator).add(to: &router)
        UserRoutes(gateway: gateway, authenticator: authenticator).add(to: &router)
        WebhookRoutes(webhooks: gateway.webhooks, authenticator: authenticator).add(to: &router)
        HookRoutes(hooks: gateway.hooks, audit: gateway.audit, authenticator: authenticator).add(to: &router)
        HookMessageRoutes(gateway: gateway).add(to: &router)
        KeyRoutes(keys: gateway.keys, signingSecrets: gateway.signingSecrets, authenticator: authenticator).add(to: &router)
        AdministrationRoutes(gateway: gateway, authenticator: authenticator).add(to: &router)
        UploadRoutes(uploads: gateway.uploads, files: gateway.files, authenticator: authenticator).add(to: &router)
        if let models {
            let doors = ModelDoorRoutes(access: ModelAccess(admission: admission), models: models)
            doors.add(to: &router)
            ModelListRoutes(doors: doors, models: models).add(to: &router)
            ModelAccountRoutes(doors: doors, models: models).add(to: &router)
        }
        FileRoutes(files: gateway.files, authenticator: authenticator, usesAccelRedirect: usesAccelRedirect).add(to: &router)
    }
}
