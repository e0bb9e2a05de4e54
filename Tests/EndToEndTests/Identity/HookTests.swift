import Contracts
import FoundationEssentials
import Glibc
import HTTP
import HTTPClient
import Messaging
import Primitives
import TestSupport
import Testing

/// Messages that others send to a running studio: from the official package through nginx into the stream of events.
@Suite(.serialized) struct HookTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    private static let python = root + "/var/test-venv/bin/python"
    private static var isWanted: Bool { ClientPrograms.areWanted(python) }

    private func with(_ body: (TestStudio) async throws -> Void) async throws {
        let studio = try await TestStudio.start()
        do {
            try await body(studio)
        } catch {
            try await studio.stop()
            throw error
        }
        try await studio.stop()
    }

    private func make(_ studio: TestStudio) async throws -> (id: String, secret: String) {
        let made = try await studio.json(.post, "/hooks", ["name": "shop", "event": "orders.paid"])
        return (
            try #require(made.document["id"]?.stringValue, "\(made.document)"),
            try #require(made.document["secret"]?.stringValue)
        )
    }

    /// Sends a message without a key, signed here.
    private func send(_ studio: TestStudio, _ hook: (id: String, secret: String), id: String) async throws -> Int {
        let client = HTTPClient(
            configuration: HTTPClientConfiguration(retry: nil, circuitBreaker: nil, egress: .allowing(["127.0.0.1"])))
        let body = Bytes(#"{"number":"\#(id)"}"#.utf8)
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        let secret = try #require(WebhookSecret(text: hook.secret))
        for header in WebhookSignature.headers(id: id, time: .now(), payload: body, secrets: [secret]) {
            headers[header.name] = header.value
        }
        var request = ClientRequest(.post, "\(studio.url)/hooks/\(hook.id)", headers: headers, body: .bytes(body))
        request.deadline = .seconds(30)
        do {
            let response = try await client.send(request)
            _ = try await response.collect(upTo: .mib(1))
            await client.shutdown()
            return response.status.rawValue
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func outcomes(_ studio: TestStudio, _ hook: String) async throws -> [String] {
        let page = try await studio.json(.get, "/hooks/\(hook)/deliveries?limit=500").document["deliveries"]?.arrayValue
        return page?.compactMap { $0["outcome"]?.stringValue } ?? []
    }

    @Test(.enabled(if: isWanted, "deploy/test installs the package"))
    func theOfficialPackageIsHeardThroughNginx() async throws {
        try await with { studio in
            let hook = try await make(studio)
            let messages: JSONValue = [
                ["id": "msg_1", "body": #"{"type":"order.paid","data":{"id":"1001"}}"#],
                ["id": "msg_1", "body": #"{"type":"order.paid","data":{"id":"1001"}}"#],
                ["id": "msg_2", "body": "{}", "tampered": "{ }"],
                ["id": "msg_3", "body": .string(String(repeating: "x", count: 70_000))],
                ["id": "msg_4", "body": #"{"text":"ä"}"#],
            ]
            let given: JSONValue = [
                "url": .string("\(studio.url)/hooks/\(hook.id)"), "secret": .string(hook.secret), "messages": messages,
            ]
            let run = try await CommandRun.run(
                Self.python, [Self.root + "/Tests/Clients/webhook_send.py", String(decoding: given.serialized(), as: UTF8.self)])
            try #require(run.status == 0, "\(run.errors)")
            let answers = try #require(try JSONValue(parsing: Bytes(run.output.utf8)).arrayValue)
            try #require(answers.compactMap { $0["status"]?.integerValue } == [202, 202, 401, 413, 202])
            #expect(answers.map { $0["document"]?["repeated"]?.boolValue } == [false, true, nil, nil, false])
            #expect(answers[2]["document"]?["code"] == "signature-refused")
            #expect(answers[3]["document"]?["code"] == "body-too-large")
            try await eventually("what came in is published") {
                try await outcomes(studio, hook.id) == ["published", "signature-wrong", "published"]
            }
            // Those that are under way together may come in any order: the very first one has its stream made.
            let events = try await studio.hookEvents(atLeast: 2).sorted { $0.data.message < $1.data.message }
            try #require(events.map(\.data.message) == ["msg_1", "msg_4"])
            #expect(events[0].type == "avstudio.hook.received" && events[0].subject == hook.id)
            #expect(events[0].data.payload == ["type": "order.paid", "data": ["id": "1001"]])
            #expect(events[0].data.kind == "order.paid" && events[0].data.owner == "owner")
            // Without a signature there is no way in, and with one no way to anything else.
            #expect(try await studio.json(.post, "/hooks/\(hook.id)", [:]).status == 401)
            let audit = try await studio.json(.get, "/audit?limit=100").document["entries"]?.arrayValue
            #expect(audit?.contains { $0["outcome"] == "hook-made" && $0["path"]?.stringValue == "/hooks/\(hook.id)" } == true)
        }
    }

    /// The power goes between a message's acceptance and its publishing, which nats-server's absence makes as long as is needed.
    @Test func aKilledGatewayLosesNothingThatItAccepted() async throws {
        try await with { studio in
            let hook = try await make(studio)
            #expect(try await send(studio, hook, id: "before") == 202)
            try await eventually("the first is published") { try await outcomes(studio, hook.id) == ["published"] }
            kill(try studio.pid("nats-server"), SIGKILL)
            for number in 1...5 { #expect(try await send(studio, hook, id: "m\(number)") == 202) }
            #expect(try await send(studio, hook, id: "m3") == 202)
            #expect(try await outcomes(studio, hook.id).filter { $0 == "waiting" }.count == 5)
            kill(try studio.pid("gateway"), SIGKILL)
            try await studio.up()
            try await eventually("all are published") {
                try await outcomes(studio, hook.id) == Array(repeating: "published", count: 6)
            }
            // What was accepted before the end is known after it.
            #expect(try await send(studio, hook, id: "m1") == 202)
            #expect(try await send(studio, hook, id: "after") == 202)
            let events = try await studio.hookEvents(atLeast: 7)
            #expect(events.map(\.data.message).sorted() == ["after", "before", "m1", "m2", "m3", "m4", "m5"])
            #expect(events.allSatisfy { $0.data.payload?["number"]?.stringValue == $0.data.message })
        }
    }
}
