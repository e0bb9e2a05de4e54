import ModelProtocols
import Primitives
import Testing

@Suite("Failures and limits")
struct FailureTests {
    private static let none = RateLimitHints(now: Timestamp(milliseconds: 0)) { _ in nil }

    static let bodies: [(ProviderProfile.Wire, Int, String, ProviderFailure.Kind, String?)] = [
        (
            .openAIChat, 401,
            #"{"error":{"message":"Incorrect API key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
            .authentication, "invalid_api_key"
        ),
        (
            .openAIChat, 400, #"{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
            .contextOverflow, "context_length_exceeded"
        ),
        (
            .openAIChat, 429, #"{"error":{"message":"quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            .paymentRequired,
            "insufficient_quota"
        ),
        (
            .openAIChat, 400, #"{"error":{"code":400,"message":"exceeds","type":"exceed_context_size_error","n_ctx":512}}"#,
            .contextOverflow,
            "exceed_context_size_error"
        ),
        (.openAIChat, 429, #"{"error":{"code":429,"message":"slow","metadata":{}}}"#, .rateLimited, "429"),
        (
            .openAIChat, 400,
            #"{"object":"error","message":"This model's maximum context length is 4096","type":"BadRequestError","code":400}"#,
            .contextOverflow, "BadRequestError"
        ),
        (
            .openAIResponses, 400,
            #"{"error":{"message":"Invalid prompt","type":"invalid_request_error","param":null,"code":"invalid_prompt"}}"#,
            .contentFilter, "invalid_prompt"
        ),
        (
            .openAIChat, 403, #"{"error":{"code":403,"message":"x requires moderation. Your input was flagged for y"}}"#,
            .contentFilter, "403"
        ),
        (
            .openAIChat, 400,
            #"{"error":{"message":"Content Exists Risk","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}"#,
            .contentFilter, "invalid_request_error"
        ),
        (
            .anthropic, 400,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#,
            .contentFilter, "invalid_request_error"
        ),
        (.openAIChat, 404, #"{"error":"Model not loaded"}"#, .notFound, nil),
        (.openAIChat, 502, "<html>Bad Gateway</html>", .server, nil),
        (.openAIChat, 503, "", .overloaded, nil),
        (
            .anthropic, 529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, .overloaded,
            "overloaded_error"
        ),
        (
            .anthropic, 400,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8"}}"#,
            .contextOverflow, "invalid_request_error"
        ),
        (
            .anthropic, 413, #"{"type":"error","error":{"type":"request_too_large","message":"big"}}"#, .tooLarge,
            "request_too_large"
        ),
        (
            .gemini, 429, #"{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED"}}"#, .rateLimited,
            "RESOURCE_EXHAUSTED"
        ),
        (
            .gemini, 400,
            #"[{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT","#
                + #""details":[{"reason":"API_KEY_INVALID"}]}}]"#,
            .authentication, "INVALID_ARGUMENT"
        ),
        (
            .gemini, 400,
            #"{"error":{"code":400,"message":"The input token count (9) exceeds the maximum","status":"INVALID_ARGUMENT"}}"#,
            .contextOverflow, "INVALID_ARGUMENT"
        ),
        (.ollama, 404, #"{"error":"model 'x' not found"}"#, .notFound, nil),
        (.ollama, 500, #"{"error":"boom"}"#, .server, nil),
    ]

    @Test("A provider's error keeps its kind and its own words", arguments: bodies)
    func decode(_ wire: ProviderProfile.Wire, _ status: Int, _ body: String, _ kind: ProviderFailure.Kind, _ code: String?) {
        let failure = Fixtures.codec(wire).decodeFailure(status: status, body: Bytes(body.utf8), hints: Self.none)
        #expect(failure.kind == kind && failure.status == status && failure.providerCode == code, "\(failure)")
    }

    @Test("Google's retry delay is a hint, and a header goes before it")
    func retryDelay() {
        let body = Bytes(
            (#"{"error":{"code":429,"message":"q","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x/RetryInfo","#
                + #""retryDelay":"37s"}]}}"#).utf8)
        let codec = Fixtures.codec(.gemini)
        #expect(codec.decodeFailure(status: 429, body: body, hints: Self.none).retryAfter == .seconds(37))
        let hints = RateLimitHints(now: Timestamp(milliseconds: 0)) { $0 == "retry-after" ? "3" : nil }
        #expect(codec.decodeFailure(status: 429, body: body, hints: hints).retryAfter == .seconds(3))
    }

    static let waits: [(String, String, Duration?)] = [
        ("retry-after", "7", .seconds(7)), ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)),
        ("retry-after", "soon", nil), ("retry-after", "nan", nil), ("retry-after", "-5", .zero),
        ("retry-after", "1e300", .seconds(86400)),
        ("retry-after-ms", "250", .milliseconds(250)),
    ]

    @Test("Retry-After is seconds or a date, never more than a day", arguments: waits)
    func retryAfter(_ name: String, _ value: String, _ expected: Duration?) throws {
        let now = try #require(Timestamp(iso8601: "1994-11-06T08:49:00Z"))
        let hints = RateLimitHints(now: now) { $0 == name ? value : nil }
        #expect(hints.retryAfter == expected)
    }

    @Test("Limits are read from OpenAI's, Anthropic's and OpenRouter's headers")
    func windows() throws {
        let now = try #require(Timestamp(iso8601: "2025-01-01T00:00:00Z"))
        let openAI = [
            "x-ratelimit-remaining-requests": "59", "x-ratelimit-remaining-tokens": "149984", "x-ratelimit-reset-tokens": "6m0s",
        ]
        let hints = RateLimitHints(now: now) { openAI[$0] }
        #expect(hints.requests?.remaining == 59 && hints.tokens?.remaining == 149984 && hints.tokens?.reset == .seconds(360))
        let anthropic = [
            "anthropic-ratelimit-requests-remaining": "9", "anthropic-ratelimit-input-tokens-remaining": "40000",
            "anthropic-ratelimit-input-tokens-reset": "2025-01-01T00:00:30Z",
        ]
        let others = RateLimitHints(now: now) { anthropic[$0] }
        #expect(others.requests?.remaining == 9 && others.inputTokens?.remaining == 40000)
        #expect(others.inputTokens?.reset == .seconds(30))
        let router = RateLimitHints(now: now) {
            ["x-ratelimit-reset": "\(now.milliseconds + 1500)", "x-ratelimit-remaining": "0"][$0]
        }
        #expect(router.requests?.remaining == 0 && router.requests?.reset == .milliseconds(1500))
    }

    @Test("Without Retry-After a limit that is used up tells when to come again")
    func resets() {
        func wait(_ headers: [String: String], status: Int = 429) -> Duration? {
            let hints = RateLimitHints(now: Timestamp(milliseconds: 1_790_000_000_000)) { headers[$0] }
            return Fixtures.codec(.openAIChat).decodeFailure(status: status, body: [], hints: hints).retryAfter
        }
        let router = ["x-ratelimit-reset": "1790000001500", "x-ratelimit-remaining": "0"]
        #expect(wait(router) == .milliseconds(1500) && wait(router, status: 500) == nil)
        for (reset, seconds) in [("1790000010", 10), ("1789999990", 0), ("90", 90)] {
            #expect(wait(["x-ratelimit-reset": reset, "x-ratelimit-remaining": "0"]) == .seconds(seconds), "\(reset)")
        }
        #expect(wait(router.merging(["retry-after": "7"]) { $1 }) == .seconds(7))
        #expect(wait(router.merging(["x-ratelimit-remaining": "3"]) { $1 }) == nil)
        // The longest of those that are used up.
        let several = [
            "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2s", "x-ratelimit-remaining-tokens": "0",
            "x-ratelimit-reset-tokens": "6m0s", "anthropic-ratelimit-input-tokens-remaining": "5",
            "anthropic-ratelimit-input-tokens-reset": "2099-01-01T00:00:00Z",
        ]
        #expect(wait(several) == .seconds(360))
    }

    @Test("Every door tells a failure in its own form", arguments: DoorFailure.Kind.allCases)
    func doors(_ kind: DoorFailure.Kind) throws {
        let failure = DoorFailure(kind, code: "some-code", message: "messages[0].content: wrong", field: "messages[0].content")
        let openAI = try JSONValue(parsing: Door.openAIChat.encode(failure).body)
        #expect(openAI["error"]?["message"] == "messages[0].content: wrong" && openAI["error"]?["param"] == "messages[0].content")
        let (status, _, body) = Door.anthropic.encode(failure)
        let anthropic = try JSONValue(parsing: body)
        #expect(anthropic["type"] == "error" && anthropic["error"]?["type"]?.stringValue?.hasSuffix("error") != nil)
        #expect(anthropic["error"]?["message"]?.stringValue?.hasSuffix("messages.0.content: wrong") == (kind != .contextOverflow))
        #expect((status == 529) == (kind == .overloaded))
        let plain = Door.plain.encode(failure)
        #expect(plain.mediaType == "application/problem+json")
        #expect(try JSONValue(parsing: plain.body)["status"]?.integerValue == Int64(plain.status))
    }

    @Test("What a provider says of the gateway's own account is not told", arguments: ["secret key sk-123 is wrong"])
    func secrets(_ message: String) {
        let failure = DoorFailure(ProviderFailure(.authentication, status: 401, message: message))
        #expect(failure.status == 502 && !String(decoding: failure.openAIBody, as: UTF8.self).contains("sk-123"))
    }
}
