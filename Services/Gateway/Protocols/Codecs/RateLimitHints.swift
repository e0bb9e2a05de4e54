package import Primitives

/// What a provider's headers tell of its limits.
package struct RateLimitHints: Sendable, Hashable {
    /// One counted limit.
    package struct Window: Sendable, Hashable {
        /// How much is left.
        package var remaining: Int?
        /// Until the whole limit is there again.
        package var reset: Duration?
        fileprivate var isEmpty: Bool { remaining == nil && reset == nil }
    }

    /// Calls.
    package var requests: Window?
    /// Tokens of prompts and answers together.
    package var tokens: Window?
    /// Tokens of prompts.
    package var inputTokens: Window?
    /// Tokens of answers.
    package var outputTokens: Window?
    /// How long the provider asks to wait.
    package var retryAfter: Duration?

    /// Until a limit is there again of which nothing is left, the longest of them.
    var reset: Duration? {
        [requests, tokens, inputTokens, outputTokens].compactMap { $0?.remaining == 0 ? $0?.reset : nil }.max()
    }

    /// - Parameters:
    ///   - now: the time, for headers that name a moment.
    ///   - header: the value of a header by its lower-case name.
    package init(now: Timestamp, header: (String) -> String?) {
        requests =
            Self.window(now, header, ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"])
            ?? Self.window(now, header, Self.anthropic("requests"))
            ?? Self.window(now, header, ["x-ratelimit-remaining", "x-ratelimit-reset"])
        tokens =
            Self.window(now, header, ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"])
            ?? Self.window(now, header, Self.anthropic("tokens"))
        inputTokens = Self.window(now, header, Self.anthropic("input-tokens"))
        outputTokens = Self.window(now, header, Self.anthropic("output-tokens"))
        // OpenAI's finer header comes first.
        if let milliseconds = header("retry-after-ms").flatMap(Double.init), milliseconds.isFinite {
            retryAfter = Self.clamped(seconds: milliseconds / 1000)
        } else {
            retryAfter = header("retry-after").flatMap { RetryAfter.parse($0, now: now) }
        }
    }

    private static func anthropic(_ what: String) -> [String] {
        ["remaining", "reset"].map { "anthropic-ratelimit-\(what)-\($0)" }
    }

    private static func window(_ now: Timestamp, _ header: (String) -> String?, _ names: [String]) -> Window? {
        let window = Window(
            remaining: header(names[0]).flatMap { Int($0) }, reset: header(names[1]).flatMap { reset($0, now: now) })
        return window.isEmpty ? nil : window
    }

    /// `6m0s`, `20ms` or `1.5` as OpenAI writes them, a moment (RFC 3339) as Anthropic does, or a moment counted from 1970: in
    /// milliseconds as OpenRouter does, in seconds as many others do.
    private static func reset(_ text: String, now: Timestamp) -> Duration? {
        if let number = Double(text), number.isFinite {
            let now = Double(now.milliseconds) / 1000
            return clamped(seconds: number > 1e11 ? number / 1000 - now : number > 1e9 ? number - now : number)
        }
        if let moment = Timestamp(iso8601: text) { return max(.zero, moment.duration(since: now)) }
        var seconds = 0.0
        var rest = Substring(text)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter || $0 == "µ" }
            guard let number = Double(digits), let scale = units[String(unit)] else { return nil }
            seconds += number * scale
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return clamped(seconds: seconds)
    }

    private static let units = ["h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9]

    /// A wait of at most a day: longer ones are mistakes.
    static func clamped(seconds: Double) -> Duration { .seconds(min(max(seconds, 0), 86400)) }
}
