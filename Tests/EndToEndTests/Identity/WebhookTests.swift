import FoundationEssentials
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// Webhooks of a running studio, and a receiver that checks them as their users do.
@Suite(.serialized) struct WebhookTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    private static let python = root + "/var/test-venv/bin/python"
    private static var isWanted: Bool { ClientPrograms.areWanted(python) }

    private func with(_ body: (TestStudio, WebhookReceiver) async throws -> Void) async throws {
        let receiver = try WebhookReceiver.start()
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_WEBHOOK_ALLOWED_HOSTS": "127.0.0.1"])
        do {
            try await body(studio, receiver)
        } catch {
            try await studio.stop()
            await receiver.stop()
            throw error
        }
        try await studio.stop()
        await receiver.stop()
    }

    private func subscribe(
        _ studio: TestStudio, _ receiver: WebhookReceiver, types: JSONValue = []
    ) async throws -> (id: String, secret: String) {
        let made = try await studio.json(.post, "/webhooks", ["url": .string(receiver.url), "types": types])
        return (
            try #require(made.document["id"]?.stringValue, "\(made.document)"),
            try #require(made.document["secret"]?.stringValue)
        )
    }

    /// Whether the official package takes each message for the sender's.
    private func verified(_ messages: [WebhookReceiver.Seen], secret: String) async throws -> [Bool] {
        let documents = messages.map { message -> JSONValue in
            let names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
            let headers = names.map { ($0, JSONValue(message.headers[$0])) }
            return [
                "body": .string(String(decoding: message.body, as: UTF8.self)),
                "headers": .object(Dictionary(uniqueKeysWithValues: headers)),
            ]
        }
        let given: JSONValue = ["secret": .string(secret), "messages": .array(documents)]
        let run = try await CommandRun.run(
            Self.python, [Self.root + "/Tests/Clients/webhook_verify.py", String(decoding: given.serialized(), as: UTF8.self)])
        try #require(run.status == 0, "\(run.errors)")
        return try JSONValue(parsing: Bytes(run.output.utf8)).arrayValue?.compactMap(\.boolValue) ?? []
    }

    private func state(_ studio: TestStudio, _ endpoint: String, _ message: String) async throws -> String? {
        let page = try await studio.json(.get, "/webhooks/\(endpoint)/deliveries").document["deliveries"]?.arrayValue
        return page?.first { $0["message"]?.stringValue == message }?["state"]?.stringValue
    }

    /// Waits until a delivery is where it should be; the receiver hears of it before the gateway has written it down.
    private func reaches(_ state: String, _ studio: TestStudio, _ endpoint: String, _ message: String) async throws {
        try await withDeadline(.seconds(20)) {
            while try await self.state(studio, endpoint, message) != state {}
        }
    }

    @Test(.enabled(if: isWanted, "deploy/test installs the package"))
    func filesAndJobsAreToldSignedAgainAndAgain() async throws {
        try await with { studio, receiver in
            let (id, secret) = try await subscribe(studio, receiver)
            receiver.script(.status(500))
            let file = try await studio.upload(Bytes("hello".utf8), name: "a.txt")
            // The first attempt fails, the second comes after five seconds.
            var seen = await receiver.wait(for: 2)
            #expect(seen[0].id == seen[1].id)
            #expect(seen[1].type == "file.created")
            #expect(seen[1].data["id"]?.stringValue == file)
            #expect(seen[0].body == seen[1].body)
            try await reaches("delivered", studio, id, seen[1].id)
            let attempts = try await studio.json(.get, "/webhooks/\(id)/deliveries/\(seen[1].id)").document["attempts"]
            #expect(attempts?.arrayValue?.compactMap { $0["status"]?.integerValue } == [500, 204])

            let job = try await studio.json(.post, "/audio/bench-noop", [:], headers: ["Prefer": "wait=20"])
            seen = await receiver.wait(for: 3)
            #expect(seen[2].type == "job.finished")
            #expect(seen[2].data["id"] == job.document["id"])
            #expect(try await verified(seen, secret: secret) == [true, true, true])
            #expect(try await verified(seen, secret: "whsec_" + String(repeating: "A", count: 43) + "=") == [false, false, false])

            // Asked for again, it comes again; and with a new secret both sign.
            let new = try await studio.json(.post, "/webhooks/\(id)/rotate").document["secret"]?.stringValue
            let replay = "/webhooks/\(id)/deliveries/\(seen[2].id)/replay"
            #expect(try await studio.json(.post, replay).status == 202)
            seen = await receiver.wait(for: 4)
            #expect(seen[3].id == seen[2].id)
            #expect(seen[3].body == seen[2].body)
            #expect(try await verified([seen[3]], secret: secret) == [true])
            #expect(try await verified([seen[3]], secret: try #require(new)) == [true])
        }
    }

    @Test func oneThatIsGoneIsLeftAlone() async throws {
        try await with { studio, receiver in
            let (id, _) = try await subscribe(studio, receiver, types: ["file.*"])
            let (other, _) = try await subscribe(studio, receiver, types: ["job.*"])
            receiver.script(.status(410))
            let test = try await studio.json(.post, "/webhooks/\(id)/test")
            #expect(test.status == 202)
            let seen = await receiver.wait(for: 1)
            #expect(seen[0].type == "webhook.test")
            try await reaches("failed", studio, id, seen[0].id)
            #expect(try await studio.json(.get, "/webhooks/\(id)").document["stopped"] == "gone")
            // Nothing is queued for it any more; what the other hears is its own.
            _ = try await studio.upload([1], name: "b")
            _ = try await studio.json(.post, "/audio/bench-noop", [:], headers: ["Prefer": "wait=20"])
            #expect(await receiver.wait(for: 2)[1].type == "job.finished")
            #expect(try await studio.json(.get, "/webhooks/\(id)/deliveries").document["deliveries"]?.arrayValue?.count == 1)
            #expect(try await studio.json(.patch, "/webhooks/\(id)", ["enabled": true]).document["enabled"] == true)
            #expect(try await studio.json(.delete, "/webhooks/\(other)").status == 204)
        }
    }

    /// The power goes between what happens and its telling: once while a delivery is under way, once while the gateway is away.
    @Test func aKilledGatewayLosesNothing() async throws {
        try await with { studio, receiver in
            let (id, _) = try await subscribe(studio, receiver)
            receiver.script(.hang)
            _ = try await studio.upload([1], name: "c")
            let first = await receiver.wait(for: 1)[0]
            // A job is accepted now and ends while nobody hears of it.
            let job = try await studio.json(.post, "/audio/bench-noop-sandboxed", [:]).document["id"]
            kill(try studio.pid("gateway"), SIGKILL)
            try await studio.up()
            let seen = await receiver.wait(for: 3)
            #expect(Set(seen.map(\.id)).count == 2)
            #expect(seen.filter { $0.id == first.id }.count == 2)
            let told = try #require(seen.first { $0.type == "job.finished" })
            #expect(told.data["id"] == job)
            for message in Set(seen.map(\.id)) { try await reaches("delivered", studio, id, message) }
        }
    }

    @Test func receiversAreCheckedBeforeAnythingIsSent() async throws {
        try await with { studio, _ in
            for url in [
                "http://example.org/hooks", "ftp://example.org", "https://user:word@example.org/", "https://", "not a url",
            ] {
                let answer = try await studio.json(.post, "/webhooks", ["url": .string(url)])
                #expect(answer.status == 422, "\(url)")
                #expect(answer.document["field"] == "url")
            }
            // A private address is refused when it is connected to.
            let made = try await studio.json(.post, "/webhooks", ["url": "https://10.0.0.1/hooks"])
            let id = try #require(made.document["id"]?.stringValue)
            let message = try #require(try await studio.json(.post, "/webhooks/\(id)/test").document["message"]?.stringValue)
            try await withDeadline(.seconds(20)) {
                while true {
                    let attempts = try await studio.json(.get, "/webhooks/\(id)/deliveries/\(message)").document["attempts"]
                    if let failure = attempts?[0]?["failure"] {
                        #expect(failure == "refused-address")
                        break
                    }
                }
            }
            let ann = try await studio.person("ann")
            #expect(try await studio.json(.get, "/webhooks/\(id)", key: ann.token).status == 404)
        }
    }
}
