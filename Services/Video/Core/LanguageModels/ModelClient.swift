import HTTP
import HTTPClient
import Jobs
import Primitives

/// Asks the gateway's door for language models, in the name of the caller whose key it has: the call is on their account, within
/// their limits and budgets.
struct ModelClient: Sendable {
    /// How a call ended.
    enum Outcome<Answer: Sendable>: Sendable {
        case answer(Answer)
        case failure(Failure)
    }

    struct Failure: Sendable {
        /// A stable code and a sentence.
        let code: String
        let message: String
        let reach: Reach
    }

    /// What a failure says of other calls.
    enum Reach: Sendable {
        /// The same call may end better.
        case attempt
        /// Another call may.
        case call
        /// None will: the caller is refused.
        case everything
    }

    /// What calls took.
    struct Usage: Sendable {
        var calls = 0
        var failedCalls = 0
        var inputTokens = 0
        var outputTokens = 0

        static func += (total: inout Usage, more: Usage) {
            total.calls += more.calls
            total.failedCalls += more.failedCalls
            total.inputTokens += more.inputTokens
            total.outputTokens += more.outputTokens
        }
    }

    private static let policy = RetryPolicy(maximumAttempts: 4, base: .milliseconds(500), cap: .seconds(20))
    /// Longer than this nobody is waited for.
    private static let longestWait = Duration.seconds(60)
    private static let deadline = Duration.seconds(180)
    /// Between questions to a gateway that can not be reached.
    private static let pauses = RetryPolicy(maximumAttempts: .max, base: .milliseconds(500), cap: .seconds(5))
    private static let unreachable = "gateway-unreachable"

    private let url: String
    private let key: String
    private let client: HTTPClient
    private let patience: Duration

    /// - Parameters:
    ///   - gateway: its base URL; only its host is ever asked.
    ///   - key: the caller's own.
    ///   - patience: how long in all it may be unreachable, as it is while it starts anew.
    /// - Throws: `HTTPClientError.invalidRequest` when the URL is none.
    init(gateway: String, key: String, patience: Duration = .seconds(60)) throws(HTTPClientError) {
        url = (gateway.hasSuffix("/") ? String(gateway.dropLast()) : gateway) + "/v1/chat/completions"
        (self.key, self.patience) = (key, patience)
        client = HTTPClient(
            configuration: HTTPClientConfiguration(
                retry: nil, circuitBreaker: nil, egress: try .allowing(hostOf: url), followRedirects: 0))
    }

    /// Has a client of the gateway beside the job, and closes it whatever comes of it.
    /// - Throws: `ModelCallError.noGateway` where there is none; as the initializer and `body` do.
    static func with<Result>(
        _ surroundings: Surroundings, key: String, _ body: (ModelClient) async throws -> Result
    ) async throws -> Result {
        guard !surroundings.gatewayURL.isEmpty else { throw ModelCallError.noGateway }
        let client = try ModelClient(gateway: surroundings.gatewayURL, key: key)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.close()
        return try result.get()
    }

    func close() async { await client.shutdown() }

    /// Asks until there is an answer, or no other attempt helps.
    /// - Throws: `CancellationError`.
    func ask<Question: ModelQuestion>(_ question: Question) async throws -> (Outcome<Question.Answer>, Usage) {
        var usage = Usage()
        let body = question.body.serialized()
        var (attempt, vain) = (1, 0)
        var lost: ContinuousClock.Instant?
        while true {
            let (outcome, wait) = try await attemptOnce(question, body, isFirst: attempt == 1, &usage)
            guard case .failure(let failure) = outcome, failure.reach == .attempt else { return (outcome, usage) }
            var pause: Duration
            if failure.code == Self.unreachable {
                // Nothing was said, so that it counts for no attempt.
                vain += 1
                pause = Self.pauses.delay(beforeAttempt: vain + 1)
                let since = lost ?? .now
                guard .now + pause - since <= patience else { return (outcome, usage) }
                lost = since
            } else {
                (vain, lost, attempt) = (0, nil, attempt + 1)
                pause = max(Self.policy.delay(beforeAttempt: attempt), wait ?? .zero)
                guard attempt <= Self.policy.maximumAttempts, pause <= Self.longestWait else { return (outcome, usage) }
            }
            try await Task.sleep(for: pause)
        }
    }

    /// - Returns: how it ended, and how long the gateway asks to wait.
    private func attemptOnce<Question: ModelQuestion>(
        _ question: Question, _ body: Bytes, isFirst: Bool, _ usage: inout Usage
    ) async throws -> (Outcome<Question.Answer>, Duration?) {
        usage.calls += 1
        var headers: HTTPHeaders = ["Authorization": "Bearer \(key)", "Content-Type": "application/json"]
        // What an attempt has paid for that was killed is not paid again; an answer that was none is not taken again.
        headers["Cache-Control"] = isFirst ? "max-age=86400" : "no-cache, max-age=86400"
        var request = ClientRequest(.post, url, headers: headers, body: .bytes(body))
        (request.deadline, request.idleTimeout) = (Self.deadline, Self.deadline)
        let (response, answer): (ClientResponse, Bytes)
        do throws(HTTPClientError) {
            response = try await client.send(request)
            answer = try await response.collect(upTo: .mib(4))
        } catch {
            if error == .cancelled || Task.isCancelled { throw CancellationError() }
            usage.failedCalls += 1
            let code = Self.hasSaidNothing(error) ? Self.unreachable : error.code
            return (.failure(Failure(code: code, message: error.message, reach: .attempt)), nil)
        }
        let document = (try? JSONValue(parsing: answer)) ?? .null
        guard response.status == .ok else {
            usage.failedCalls += 1
            return (.failure(Self.failure(response.status.rawValue, document)), response.retryAfter)
        }
        usage.inputTokens += Int(document["usage"]?["prompt_tokens"]?.integerValue ?? 0)
        usage.outputTokens += Int(document["usage"]?["completion_tokens"]?.integerValue ?? 0)
        if let text = document["choices"]?[0]?["message"]?["content"]?.stringValue, let answer = question.answer(in: text) {
            return (.answer(answer), nil)
        }
        usage.failedCalls += 1
        let isCut = document["choices"]?[0]?["finish_reason"] == "length"
        let failure =
            isCut
            ? Failure(code: "answer-cut-off", message: "the model's answer ended before its time", reach: .attempt)
            : Failure(code: "answer-unreadable", message: "the model's answer is not what was asked for", reach: .attempt)
        return (.failure(failure), nil)
    }

    /// Whether a call failed as it does with a gateway that is away. Of any other the model may have been asked, and paid.
    private static func hasSaidNothing(_ error: HTTPClientError) -> Bool {
        switch error {
        case .bodyTooLarge, .headersTooLarge, .protocolViolation, .deadlineExceeded, .idleTimeout: false
        default: true
        }
    }

    private static func failure(_ status: Int, _ document: JSONValue) -> Failure {
        let error = document["error"]
        let code = error?["code"]?.stringValue ?? error?["type"]?.stringValue ?? "http-\(status)"
        let reach: Reach =
            switch status {
            case 401, 402, 403, 404: .everything
            case 408, 409, 429, 500...: .attempt
            default: .call
            }
        return Failure(
            code: code, message: error?["message"]?.stringValue ?? "the gateway answers \(status)", reach: reach)
    }
}
