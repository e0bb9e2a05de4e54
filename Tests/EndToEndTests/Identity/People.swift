import HTTP
import Primitives
import TestSupport
import Testing

/// Somebody who has logged in.
struct Person: Sendable {
    static let password = "correct horse battery staple"

    let id: String
    let email: String
    let organisation: String
    /// The session's token.
    let token: String
}

extension TestStudio {
    /// Invites somebody as the administrator, registers them and logs them in.
    func person(_ name: String) async throws -> Person {
        let email = "\(name)@example.org"
        let invited = try await json(.post, "/invitations", ["email": .string(email)])
        let text = try #require(invited.document["invitation"]?.stringValue, "\(invited.document)")
        return try await register(name, invitation: text)
    }

    /// Registers somebody with an invitation and logs them in.
    func register(_ name: String, invitation: String) async throws -> Person {
        let email = "\(name)@example.org"
        let registered = try await json(
            .post, "/auth/register",
            [
                "email": .string(email), "password": .string(Person.password), "name": .string(name),
                "invitation": .string(invitation),
            ], key: "none")
        #expect(registered.status == 202, "\(registered.document)")
        let answer = try await logIn(email)
        let token = try #require(answer.document["token"]?.stringValue, "\(answer.document)")
        let me = try await json(.get, "/me", key: token).document
        return Person(
            id: try #require(me["user"]?["id"]?.stringValue, "\(me)"), email: email,
            organisation: try #require(me["organisation"]?.stringValue), token: token)
    }

    func logIn(
        _ email: String, _ password: String = Person.password
    ) async throws -> (status: Int, document: JSONValue, headers: HTTPHeaders) {
        try await json(.post, "/auth/login", ["email": .string(email), "password": .string(password)], key: "none")
    }
}
