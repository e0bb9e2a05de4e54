import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// The doors of language models as callers reach them: through nginx, which refuses some things itself.
@Suite struct ModelDoorTests {
    @Test func refusalsHaveTheFormOfTheDoor() async throws {
        let studio = try await TestStudio.start()
        let question: JSONValue = ["model": "nobody", "max_tokens": 5, "messages": [["role": "user", "content": "x"]]]

        let stranger = try await studio.json(.post, "/v1/chat/completions", question, key: "avs_no_key")
        #expect(stranger.status == 401 && stranger.document["error"]?["code"] == "invalid_api_key")
        let other = try await studio.json(.post, "/v1/messages", question, key: "avs_no_key")
        #expect(other.status == 401 && other.document["error"]?["type"] == "authentication_error")
        #expect(other.headers["RateLimit"] == nil)
        // This path's key is asked for by nginx.
        let speech = try await studio.json(.post, "/v1/audio/speech", ["input": "x"], key: "avs_no_key")
        #expect(speech.status == 401 && speech.document["error"]?["message"] != nil, "\(speech.document)")
        #expect(speech.headers["Content-Type"] == "application/json")

        let unknown = try await studio.json(.post, "/v1/chat/completions", question)
        #expect(unknown.status == 404 && unknown.document["error"]?["param"] == "model")
        #expect(unknown.headers.all("RateLimit").count == 1 && unknown.headers.all("RateLimit-Policy").count == 1)

        let long = Bytes(repeating: UInt8(ascii: "x"), count: (32 << 20) + 1)
        for (path, kind) in [("/v1/responses", "request_too_large"), ("/v1/messages", "request_too_large")] {
            let answer = try await studio.send(.post, path, body: long)
            #expect(answer.status == 413)
            #expect(try JSONValue(parsing: answer.body)["error"]?["type"]?.stringValue == kind, "\(path)")
        }

        kill(try studio.pid("gateway"), SIGKILL)
        for path in ["/v1/chat/completions", "/v1/messages", "/v1/models"] {
            var gone = try await studio.json(.post, path, question)
            try await eventually("nginx finds nobody") {
                if gone.status == 404 { gone = try await studio.json(.post, path, question) }
                return gone.status != 404
            }
            #expect(gone.status == 502 && gone.document["error"]?["type"] == "api_error", "\(path): \(gone.document)")
            #expect(gone.headers["Retry-After"] == "5")
        }
        try await studio.up()
        try await studio.stop()
    }
}
