import Primitives

/// The gateway's routes about people and organisations.
enum AccountRouteDocuments {
    private static let object: JSONValue = ["type": "object"]
    private static let role: JSONValue = ["type": "string", "enum": ["viewer", "editor", "owner"]]
    private static let password: JSONValue = ["type": "string", "minLength": 12, "writeOnly": true]

    static let all = becomingKnown + me + organisations + administration

    private static let becomingKnown = [
        RouteDocument(
            "POST /auth/register",
            "Makes an account, where registration is open or with an invitation. The answer does not tell "
                + "whether there was one.", tag: "accounts",
            body: json(
                ["email": text, "password": password, "name": text, "invitation": text], required: "email", "password", "name"),
            answers: [("202", "Now log in.", object)]),
        RouteDocument(
            "POST /auth/login", "Begins a session; its token goes into Authorization: Bearer.", tag: "accounts",
            body: json(["email": text, "password": text], required: "email", "password"),
            answers: [("200", "The session with its token, this once, and the organisations.", object)]),
        RouteDocument("POST /auth/logout", "Ends the session.", tag: "accounts", answers: [("204", "Ended.", nil)]),
        RouteDocument(
            "POST /auth/token", "A token (JWT) of five minutes for one organisation, made from the session.", tag: "accounts",
            headers: [("X-AVStudio-Organisation", "In whose name; the first of the person's by default.")],
            answers: [("200", "The token.", object)]),
        RouteDocument(
            "POST /auth/download",
            "A token of a minute for reading one path, for a link, which sends no header: in the cookie avstudio_download.",
            tag: "accounts", body: json(["path": text], required: "path"), answers: [("200", "The token.", object)]),
    ]

    private static let me = [
        RouteDocument("GET /me", "Who the studio takes the caller for.", tag: "accounts", answers: [("200", "Who.", object)]),
        RouteDocument(
            "DELETE /me", "Ends the account and the organisations that have no other member.", tag: "accounts",
            body: json(["password": text], required: "password"), answers: [("204", "Ended.", nil)]),
        RouteDocument(
            "POST /me/password", "Changes the password; all other sessions end.", tag: "accounts",
            body: json(["old": text, "new": password], required: "old", "new"), answers: [("204", "Changed.", nil)]),
        RouteDocument(
            "POST /me/invitations", "Joins the organisation of an invitation.", tag: "accounts",
            body: json(["invitation": text], required: "invitation"), answers: [("200", "The organisations now.", object)]),
        RouteDocument("GET /me/sessions", "The sessions that go on.", tag: "accounts", answers: [("200", "They.", object)]),
        RouteDocument("DELETE /me/sessions", "Ends all other sessions.", tag: "accounts", answers: [("204", "Ended.", nil)]),
        RouteDocument("DELETE /me/sessions/{id}", "Ends a session.", tag: "accounts", answers: [("204", "Ended.", nil)]),
    ]

    private static let organisations = [
        RouteDocument(
            "GET /organisations", "The caller's organisations.", tag: "organisations", answers: [("200", "They.", object)]),
        RouteDocument(
            "POST /organisations", "Makes an organisation that the caller owns.", tag: "organisations",
            body: json(["name": text], required: "name"), answers: [("201", "Made.", object)]),
        RouteDocument(
            "PATCH /organisations/{id}", "Renames it, or sets its tier, which administrators may.", tag: "organisations",
            body: json(["name": text, "tier": text]), answers: [("204", "Changed.", nil)]),
        RouteDocument(
            "DELETE /organisations/{id}", "Ends it with its keys and webhooks.", tag: "organisations",
            answers: [("204", "Ended.", nil)]),
        RouteDocument(
            "GET /organisations/{id}/members", "Its members and their roles.", tag: "organisations",
            answers: [("200", "They.", object)]),
        RouteDocument(
            "PUT /organisations/{id}/members/{user}", "Gives a member another role.", tag: "organisations",
            body: json(["role": role], required: "role"), answers: [("204", "Given.", nil)]),
        RouteDocument(
            "DELETE /organisations/{id}/members/{user}", "Ends a membership.", tag: "organisations",
            answers: [("204", "Ended.", nil)]),
        RouteDocument(
            "GET /organisations/{id}/invitations", "Its open invitations.", tag: "organisations",
            answers: [("200", "They.", object)]),
        RouteDocument(
            "POST /organisations/{id}/invitations", "Invites an address; the answer holds the text, this once.",
            tag: "organisations", body: json(["email": text, "role": role], required: "email"),
            answers: [("201", "The invitation.", object)]),
        RouteDocument(
            "DELETE /organisations/{id}/invitations/{invitation}", "Takes an invitation back.", tag: "organisations",
            answers: [("204", "Taken back.", nil)]),
    ]

    private static let administration = [
        RouteDocument(
            "POST /users", "Makes an account, whatever the mode of registration.", tag: "administration",
            body: json(
                ["email": text, "password": password, "name": text, "organisation": text, "role": role],
                required: "email", "password", "name"), answers: [("201", "The user.", object)]),
        RouteDocument(
            "GET /users", "Users, newest first.", tag: "administration",
            query: [("before", "The next of the page before."), ("limit", "1 to 500.")], answers: [("200", "One page.", object)]),
        RouteDocument("GET /users/{id}", "A user.", tag: "administration", answers: [("200", "The user.", object)]),
        RouteDocument("DELETE /users/{id}", "Ends an account.", tag: "administration", answers: [("204", "Ended.", nil)]),
        RouteDocument(
            "POST /invitations", "Invites an address to an account with an organisation of its own.", tag: "administration",
            body: json(["email": text], required: "email"), answers: [("201", "The invitation, its text this once.", object)]),
    ]
}

extension AccountRouteDocuments {
    static let text: JSONValue = ["type": "string"]

    /// A JSON body of these properties and no others.
    static func json(_ properties: [String: JSONValue], required: String...) -> (type: String, schema: JSONValue) {
        (
            "application/json",
            [
                "type": "object", "additionalProperties": false, "properties": .object(properties),
                "required": .array(required.map(JSONValue.string)),
            ]
        )
    }
}
