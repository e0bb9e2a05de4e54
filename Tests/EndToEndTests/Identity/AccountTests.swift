import FoundationEssentials
import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// People at the public door: nginx, gateway and audio as they run.
@Suite(.serialized) final class AccountTests: Sendable {
    private static let shared = SharedStudio()

    @Test func fromAnInvitationToAFileAndOut() async throws {
        let studio = try await Self.shared.studio()
        let ann = try await studio.person("ann")
        let file = try await studio.upload(Bytes("hello".utf8), name: "a.txt", key: ann.token)
        #expect(try await studio.json(.get, "/files/\(file)", key: ann.token).status == 200)
        // A token made from the session opens the same, and a page needs no more than it.
        let made = try await studio.json(.post, "/auth/token", key: ann.token)
        let token = try #require(made.document["token"]?.stringValue)
        #expect(made.headers["Cache-Control"] == "no-store")
        #expect(try await studio.json(.get, "/files/\(file)", key: token).status == 200)
        for path in ["/auth/token", "/auth/logout"] {
            #expect(try await studio.json(.post, path, key: token).document["code"] == "session-needed")
        }
        // Somebody else sees nothing of it.
        let bob = try await studio.person("bob")
        #expect(try await studio.json(.get, "/files/\(file)", key: bob.token).status == 404)
        let intruding = ["X-AVStudio-Organisation": ann.organisation] as HTTPHeaders
        #expect(try await studio.json(.get, "/files/\(file)", headers: intruding, key: bob.token).status == 401)
        // Jobs run in the organisation's name.
        let job = try await studio.json(
            .post, "/audio/bench-noop", [:], headers: ["Prefer": "wait=20"], key: ann.token)
        #expect(job.document["state"] == "succeeded", "\(job.document)")
        #expect(job.document["owner"]?.stringValue == ann.organisation)
        // Who logs out has done so at once, everywhere.
        #expect(try await studio.json(.post, "/auth/logout", key: ann.token).status == 204)
        for text in [ann.token, token] {
            let answer = try await studio.json(.get, "/files", key: text)
            #expect(answer.status == 401)
            #expect(answer.document["code"] == "unauthenticated")
        }
    }

    @Test func nobodyRegistersUninvited() async throws {
        let studio = try await Self.shared.studio()
        let body: JSONValue = ["email": "eve@example.org", "password": .string(Person.password), "name": "Eve"]
        #expect(try await studio.json(.post, "/auth/register", body, key: "none").status == 403)
        let invited = try await studio.json(.post, "/invitations", ["email": "carl@example.org"])
        let text = try #require(invited.document["invitation"]?.stringValue)
        guard case .object(var members) = body else { return }
        members["invitation"] = .string(text)
        // An invitation is for its address.
        #expect(try await studio.json(.post, "/auth/register", .object(members), key: "none").status == 403)
        members["email"] = "carl@example.org"
        members["password"] = "short"
        let unfit = try await studio.json(.post, "/auth/register", .object(members), key: "none")
        #expect(unfit.status == 422)
        #expect(unfit.document["field"] == "password")
        let person = try await studio.person("dora")
        let users = try await studio.json(.get, "/users?limit=500")
        #expect(users.document["users"]?.arrayValue?.contains { $0["email"] == "dora@example.org" } == true)
        #expect(try await studio.json(.get, "/users", key: person.token).status == 403)
        for path in ["/invitations", "/users"] {
            #expect(try await studio.json(.post, path, ["email": "x@example.org"], key: person.token).status == 403)
        }
    }

    @Test func guessingIsSlowAndTellsNothing() async throws {
        let studio = try await Self.shared.studio()
        _ = try await studio.person("frank")
        let known = try await studio.logIn("frank@example.org", "not the password at all")
        let unknown = try await studio.logIn("nobody@example.org", "not the password at all")
        #expect(known.status == 401)
        #expect(known.document == unknown.document)
        var last = unknown
        for _ in 0..<6 { last = try await studio.logIn("nobody@example.org", "not the password at all") }
        #expect(last.status == 429)
        #expect(last.document["code"] == "too-many-attempts")
        #expect(Int(last.headers["Retry-After"] ?? "") ?? 0 >= 1)
        // Registering again changes and tells nothing.
        let invited = try await studio.json(.post, "/invitations", ["email": "frank@example.org"])
        let again = try await studio.json(
            .post, "/auth/register",
            [
                "email": "frank@example.org", "password": "another password of his", "name": "Frank",
                "invitation": invited.document["invitation"] ?? .null,
            ], key: "none")
        #expect(again.status == 202)
        #expect(try await studio.logIn("frank@example.org", "another password of his").status == 401)
        #expect(try await studio.logIn("frank@example.org").status == 200)
        for log in try FileManager.default.contentsOfDirectory(atPath: studio.folder + "/log") {
            let text = String(decoding: try Data(contentsOf: URL(filePath: studio.folder + "/log/" + log)), as: UTF8.self)
            #expect(!text.contains("correct horse") && !text.contains("another password"), "\(log)")
        }
    }

    @Test func rolesHoldAtOnce() async throws {
        let studio = try await Self.shared.studio()
        let owner = try await studio.person("gina")
        let path = "/organisations/\(owner.organisation)"
        let invited = try await studio.json(
            .post, path + "/invitations", ["email": "hugo@example.org", "role": "viewer"], key: owner.token)
        let hugo = try await studio.register(
            "hugo", invitation: try #require(invited.document["invitation"]?.stringValue, "\(invited.document)"))
        #expect(hugo.organisation == owner.organisation)
        let file = try await studio.upload([1, 2, 3], name: "b.bin", key: owner.token)
        #expect(try await studio.json(.get, "/files/\(file)", key: hugo.token).status == 200)
        let refused = try await studio.json(.delete, "/files/\(file)", key: hugo.token)
        #expect(refused.status == 403)
        #expect(refused.document["code"] == "scope-missing")
        #expect(
            try await studio.json(.post, path + "/invitations", ["email": "i@example.org"], key: hugo.token).document["code"]
                == "role-missing")
        #expect(
            try await studio.json(.put, path + "/members/\(hugo.id)", ["role": "owner"], key: hugo.token).status == 403)
        #expect(
            try await studio.json(.put, path + "/members/\(hugo.id)", ["role": "editor"], key: owner.token).status == 204)
        #expect(try await studio.json(.delete, "/files/\(file)", key: hugo.token).status == 204)
        #expect(try await studio.json(.delete, path + "/members/\(hugo.id)", key: owner.token).status == 204)
        #expect(try await studio.json(.get, "/files", key: hugo.token).status == 403)
        // What an owner gave goes with the organisation.
        let key =
            try await studio.json(
                .post, "/keys", ["name": "robot", "scopes": ["files:read"]], key: owner.token
            ).document["key"]?.stringValue ?? ""
        #expect(try await studio.json(.get, "/files", key: key).status == 200)
        #expect(try await studio.json(.delete, path, key: owner.token).status == 204)
        #expect(try await studio.json(.get, "/files", key: key).status == 401)
    }

    /// A link's token reads one path, for as long as whoever asked for it may; and is nothing else.
    @Test func aLinkReadsOnePath() async throws {
        let studio = try await Self.shared.studio()
        let owner = try await studio.person("iris")
        let path = "/organisations/\(owner.organisation)"
        let invited = try await studio.json(
            .post, path + "/invitations", ["email": "jan@example.org", "role": "viewer"], key: owner.token)
        let jan = try await studio.register("jan", invitation: try #require(invited.document["invitation"]?.stringValue))
        let file = try await studio.upload([1, 2, 3], name: "c.bin", key: owner.token)
        let content = "/files/\(file)/content"
        func ticket(_ path: String, _ key: String) async throws -> String {
            let made = try await studio.json(.post, "/auth/download", ["path": .string(path)], key: key)
            #expect(made.status == 200 && made.headers["Cache-Control"] == "no-store", "\(made.document)")
            return try #require(made.document["token"]?.stringValue)
        }
        let client = HTTPClient(configuration: HTTPClientConfiguration(retry: nil, egress: .allowing(["127.0.0.1"])))
        func status(_ ticket: String, _ path: String, _ method: HTTPMethod = .get) async throws -> Int {
            let headers: HTTPHeaders = ["Cookie": "avstudio_download=\(ticket)"]
            let response = try await client.send(ClientRequest(method, studio.url + path, headers: headers))
            _ = try await response.collect(upTo: .mib(1))
            return response.status.rawValue
        }
        // A page holds a token that was made from a session, and no session.
        let page = try #require(try await studio.json(.post, "/auth/token", key: owner.token).document["token"]?.stringValue)
        let links = try await [ticket(content, owner.token), ticket(content, jan.token), ticket(content, page)]
        for link in links { #expect(try await status(link, content) == 200) }
        for (path, method) in [("/files", HTTPMethod.get), ("/me", .get), ("/files/\(file)", .delete), (content, .post)] {
            #expect(try await status(links[0], path, method) == 401, "\(path)")
        }
        #expect(try await studio.json(.get, content, key: links[0]).status == 401)
        #expect(try await status(owner.token, content) == 401, "a session is no link's token")
        for (wrong, code) in [("files", "out-of-range"), ("/files?a=b", "out-of-range"), (String(repeating: "/a", count: 600), "")]
        {
            let answer = try await studio.json(.post, "/auth/download", ["path": .string(wrong)], key: owner.token)
            #expect(answer.status == 422 && answer.document["field"] == "path", "\(answer.document)")
            if !code.isEmpty { #expect(answer.document["code"]?.stringValue == code) }
        }
        // Who is no member any more, or has logged out, reads no more.
        #expect(try await studio.json(.delete, path + "/members/\(jan.id)", key: owner.token).status == 204)
        #expect(try await status(links[1], content) == 401)
        #expect(try await studio.json(.post, "/auth/logout", key: owner.token).status == 204)
        for link in [links[0], links[2]] { #expect(try await status(link, content) == 401) }
        await client.shutdown()
    }

    @Test func aRotatedKeyWorksAWhileBesideTheNewOne() async throws {
        let studio = try await Self.shared.studio()
        let made = try await studio.json(.post, "/keys", ["name": "robot", "scopes": ["files:read"]]).document
        let (id, old) = (try #require(made["id"]?.stringValue), try #require(made["key"]?.stringValue))
        let new = try await studio.json(.post, "/keys/\(id)/rotate").document["key"]?.stringValue ?? ""
        for text in [old, new] { #expect(try await studio.json(.get, "/files", key: text).status == 200) }
        let last = try await studio.json(.post, "/keys/\(id)/rotate", ["grace_seconds": 0]).document["key"]?.stringValue ?? ""
        for text in [old, new] { #expect(try await studio.json(.get, "/files", key: text).status == 401) }
        #expect(try await studio.json(.get, "/files", key: last).status == 200)
    }

    @Test func everyDecisionIsTakenDown() async throws {
        let studio = try await Self.shared.studio()
        let ida = try await studio.person("ida")
        _ = try await studio.logIn("ida@example.org", "not the password at all")
        _ = try await studio.json(.get, "/audit", key: ida.token)
        _ = try await studio.json(.get, "/files", key: "avss_" + String(repeating: "x", count: 43))
        let all: Set = ["registered", "logged-in", "credentials-wrong", "scope-missing", "session-over", "allowed"]
        var entries: [JSONValue] = []
        func own(_ outcome: JSONValue) -> JSONValue? {
            entries.first { $0["outcome"] == outcome && $0["key"]?.stringValue == ida.id }
        }
        try await eventually("the log, which is a moment behind, has it all") {
            entries = try await studio.json(.get, "/audit?limit=500").document["entries"]?.arrayValue ?? []
            return all.isSubset(of: entries.compactMap { $0["outcome"]?.stringValue }) && own("scope-missing") != nil
        }
        #expect(own("scope-missing")?["path"] == "/audit")
        #expect(own("scope-missing")?["owner"]?.stringValue == ida.organisation)
        #expect(own("logged-in") != nil)
    }

    @Test func zEndsTheSharedStudio() async throws {
        try await Self.shared.stop()
    }
}
