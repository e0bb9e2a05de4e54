import Contracts
import Foundation
import HTTP
import Messaging
import Primitives
import ServiceRuntime
import TestSupport
import Testing

/// Operations that are asked for over NATS, as the user whom scripts of the machine are.
@Suite struct MessageDoorTests {
    /// A connection of the user `cli` with the real nats-server.
    private struct Client {
        let bus: MessageBus
        let token: PrincipalToken

        init(_ studio: TestStudio) async throws {
            var messaging = MessagingConfiguration(name: "test")
            messaging.servers = ["nats://127.0.0.1:\(studio.port + 8)"]
            messaging.user = "cli"
            func secret(_ name: String) throws -> Bytes {
                Bytes(try Data(contentsOf: URL(filePath: "\(studio.folder)/secrets/\(name)"))).filter { $0 != 10 }
            }
            messaging.password = String(decoding: try secret("nats-cli.password"), as: UTF8.self)
            bus = try await MessageBus.connect(messaging)
            token = PrincipalToken(key: try Secrets.read("\(studio.folder)/secrets/identity.key", purpose: "key", minimum: 32))
        }

        func ask(
            _ subject: String, _ body: JSONValue, scopes: Set<Scope>? = [.audioRun], owner: String, expires: Duration = .seconds(60)
        ) async throws -> JSONValue {
            var headers: [String: String] = [:]
            if let scopes {
                headers[PrincipalToken.header] = try token.sign(
                    Principal(
                        subject: "key_test", owner: owner, tier: "standard", scopes: scopes, expires: .now().advanced(by: expires)))
            }
            let answer = try await bus.request(subject, body.serialized(), headers: headers, timeout: .seconds(20))
            return try JSONValue(parsing: answer.payload)
        }
    }

    @Test func anOperationIsRunAndAskedFor() async throws {
        let studio = try await TestStudio.start()
        let client = try await Client(studio)
        let file = try await studio.upload(try await Recording.tone(hertz: 440), name: "tone.wav")
        // Whose file it is, as a job of theirs says.
        let owner = try #require(
            try await studio.json(.post, "/audio/bench-noop", [:]).document["owner"]?.stringValue)
        let request: JSONValue = [
            "operation": "audio.loudness", "inputs": [.string(file)], "parameters": ["dual_mono": true], "idempotency_key": "once",
        ]
        let job = try await client.ask("avstudio.rpc.audio.submit", request, owner: owner)
        let id = try #require(job["id"]?.stringValue, "\(job)")
        #expect(job["operation"] == "audio.loudness" && job["parameters"] == nil)
        #expect(try await client.ask("avstudio.rpc.audio.submit", request, owner: owner)["id"] == job["id"])
        try await eventually("the job ends") {
            let job = try await client.ask("avstudio.rpc.audio.job", ["id": .string(id)], owner: owner)
            return job["state"] == "succeeded" && job["result"]?["measurements"]?["loudness"] != nil
        }
        // It is the same job as over HTTP.
        #expect(try await studio.json(.get, "/audio/jobs/\(id)").document["state"] == "succeeded")

        // A picture of one colour, by the other service.
        let film = try await studio.upload(
            try await Recording.made("film.mp4") { folder in
                ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x48:r=5:d=1", folder + "/film.mp4"]
            }, name: "film.mp4")
        let probe = try await client.ask(
            "avstudio.rpc.video.submit", ["operation": "video.probe", "inputs": [.string(film)]],
            scopes: [Scope(rawValue: "video:run")], owner: owner)
        #expect(probe["operation"] == "video.probe", "\(probe)")

        // An operation of several inputs.
        let mix = try await client.ask(
            "avstudio.rpc.audio.submit", ["operation": "audio.mix", "inputs": [.string(file), .string(file)]], owner: owner)
        let mixed = try #require(mix["id"], "\(mix)")
        try await eventually("the mix is there") {
            let job = try await client.ask("avstudio.rpc.audio.job", ["id": mixed], owner: owner)
            return job["state"] == "succeeded" && job["result"]?["measurements"]?["tracks"] == 2
        }

        for (body, scopes, expires, status, code) in [
            (request, nil, 60, 401, "unauthenticated"), (request, [.audioRun], -5, 401, "principal-expired"),
            (request, [.filesRead], 60, 403, "scope-missing"), (["operation": "audio.nothing"], [.audioRun], 60, 404, nil),
            (
                ["operation": "audio.loudness", "inputs": [.string(file)], "parameters": ["dual_mono": 7]], [.audioRun], 60, 422,
                "wrong-type"
            ), (["inputs": []], [.audioRun], 60, 400, nil),
            (["operation": "audio.loudness", "inputs": ["file_nobodys"]], [.audioRun], 60, 404, "file-not-found"),
        ] as [(JSONValue, Set<Scope>?, Int64, Int64, String?)] {
            let problem = try await client.ask(
                "avstudio.rpc.audio.submit", body, scopes: scopes, owner: owner, expires: .seconds(expires))
            #expect(problem["status"] == .integer(status), "\(problem)")
            if let code { #expect(problem["code"]?.stringValue == code, "\(problem)") }
        }
        let stranger = try await client.ask("avstudio.rpc.audio.job", ["id": .string(id)], owner: "nobody")
        #expect(stranger["status"] == 404, "\(stranger)")
        await client.bus.drain()
        try await studio.stop()
    }
}
