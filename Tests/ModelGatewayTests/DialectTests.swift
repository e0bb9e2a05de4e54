import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// Services that speak OpenAI's protocol in ways of their own.
@Suite struct DialectTests {
    @Test(arguments: ProviderDialect.allCases) func isReadWholeAndStreamed(_ dialect: ProviderDialect) async throws {
        func models(_ url: String) -> String {
            """
            version: 1
            providers:
              \(dialect.rawValue): {protocol: openai, base_url: "\(url)/\(dialect.rawValue)/v1", key_env: STAND_IN_KEY}
            models:
              - {id: m, capabilities: [chat, streaming, reasoning], quality: 50, context_window: 9000, maximum_output: 4096, \
            token_family: estimate, deployments: [{provider: \(dialect.rawValue)}]}
            """
        }
        let head = StandIn.pricing.split(separator: "\n").prefix { !$0.hasPrefix("  -") }.joined(separator: "\n")
        let pricing = head + "\n  - {model: m, input: 1, output: 10}\n"
        let ends = ["/v1/chat/completions": "[DONE]", "/v1/messages": "message_stop", "/llm/chat": "event: finish"]
        try await StandIn.with(models: models, pricing: pricing) { gateway, _ in
            var calls = Int64(0)
            for (path, end) in ends {
                for stream in [false, true] {
                    let response = try await gateway.send(.post, path, StandIn.question("m", stream: stream))
                    let text = String(decoding: try await response.collect(upTo: .mib(1)), as: UTF8.self)
                    #expect(response.status == .ok && text.contains("The caller wants a greeting."), "\(path): \(text)")
                    #expect(text.contains(stream ? end : ModelProviderServer.reply), "\(path): \(text)")
                    calls += 1
                    let total = try await gateway.total(ofCalls: .integer(calls))
                    #expect(
                        total["input_tokens"] == .integer(21 * calls) && total["output_tokens"] == .integer(9 * calls), "\(path)")
                }
            }
        }
    }
}
