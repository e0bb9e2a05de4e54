import FoundationEssentials
import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// New models, prices and keys while calls are under way.
@Suite struct ReloadTests {
    @Test(.timeLimit(.minutes(1))) func aSignalReadsEverythingAgainAndNoCallIsDropped() async throws {
        try await StandIn.with { gateway, provider in
            let keyFile = gateway.folder.appending("provider.key")
            func write(_ key: String, _ models: String) throws {
                try Data(key.utf8).write(to: URL(filePath: keyFile))
                try Data(models.utf8).write(to: URL(filePath: gateway.folder.appending("models.yaml")))
            }
            let models = StandIn.models(provider.url)
                .replacing(
                    "  absent: {protocol: openai, base_url: \"\(provider.url)/v1\", key_env: NO_SUCH_KEY}",
                    with: "  absent: {protocol: openai, base_url: \"\(provider.url)/v1\", key_file: \(keyFile)}")
            // Another local host: calls go through a new client from then on, while those under way keep the old one.
            let more = models.replacing("http://127.0.0.1:1/v1", with: "http://localhost:1/v1")
            try write("first-key", models)
            gateway.hangUp()
            try await eventually("the model has its key") { try await ask(gateway) == 200 }
            #expect(provider.seen.last?.headers["authorization"] == "Bearer first-key")

            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    provider.script(.trickle(.milliseconds(150)))
                    let stream = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("gpt", stream: true))
                    group.addTask { String(decoding: try await stream.collect(upTo: .mib(1)), as: UTF8.self) }
                }
                try write("second-key", more)
                gateway.hangUp()
                try await eventually("the second key is used") {
                    try #require(try await ask(gateway) == 200)
                    return provider.seen.last?.headers["authorization"] == "Bearer second-key"
                }
                // The files alone are looked at every two seconds; the keys only when it is asked for.
                try Data("third-key".utf8).write(to: URL(filePath: keyFile))
                gateway.hangUp()
                try await eventually("the third key is used") {
                    try #require(try await ask(gateway) == 200)
                    return provider.seen.last?.headers["authorization"] == "Bearer third-key"
                }
                for try await text in group {
                    #expect(text.contains("data: [DONE]") && !text.contains("\"error\""), "\(text)")
                }
            }
        }
    }

    @Test func aChangedFileIsReadWithoutASignal() async throws {
        try await StandIn.with { gateway, provider in
            #expect(try await gateway.json(.post, "/v1/chat/completions", StandIn.question("late")).status == 404)
            let late =
                "  - {id: late, capabilities: [chat], quality: 50, context_window: 9000, maximum_output: 4096, "
                + "token_family: estimate, deployments: [{provider: openai}]}\n"
            let prices = StandIn.pricing + "\n  - {model: late, input: 1, output: 1}\n"
            try Data(prices.utf8).write(to: URL(filePath: gateway.folder.appending("pricing.yaml")))
            let models = StandIn.models(provider.url) + "\n" + late
            try Data(models.utf8).write(to: URL(filePath: gateway.folder.appending("models.yaml")))
            try await eventually("the new model answers") {
                try await gateway.json(.post, "/v1/chat/completions", StandIn.question("late")).status == 200
            }
        }
    }

    @Test func aFileThatIsWrongChangesNothing() async throws {
        try await StandIn.with { gateway, _ in
            try Data("version: 1\nmodels: [{id: broken}]\n".utf8).write(to: URL(filePath: gateway.folder.appending("models.yaml")))
            gateway.hangUp()
            try await eventually("it is told") { gateway.log.contains("the changed model registry is not used") }
            // The place of the mistake is told, and what was read before stays in use.
            #expect(gateway.log.contains("models.yaml:2:"))
            #expect(try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt")).status == 200)
        }
    }

    private func ask(_ gateway: TestGateway) async throws -> Int {
        try await gateway.json(.post, "/v1/chat/completions", StandIn.question("keyless")).status
    }
}
