import ModelRouting
import Primitives
import Testing

@Suite struct CallLimiterTests {
    private let start = ContinuousClock.now
    private let caller = BudgetCaller(key: "k", organisation: "o")

    private func take(_ limiter: CallLimiter, _ tokens: Int, after seconds: Double = 0, _ limits: [BudgetScope: CallLimit]) -> Bool
    {
        do {
            _ = try limiter.take(tokens: tokens, for: caller, now: start + .seconds(seconds)) { limits[$0] }
            return true
        } catch {
            return false
        }
    }

    @Test func callsPassAsOftenAsTheMinuteAllows() {
        let limiter = CallLimiter()
        let limits = [BudgetScope(.key, "k"): CallLimit(callsPerMinute: 60)]
        #expect((0..<100).filter { _ in take(limiter, 1, limits) }.count == 60)
        #expect(!take(limiter, 1, after: 0.99, limits))
        #expect(take(limiter, 1, after: 1.01, limits))
        #expect((0..<100).filter { _ in take(limiter, 1, after: 4000, limits) }.count == 60)
    }

    @Test func whatOneScopeRefusesTheOtherDoesNotCount() {
        let limiter = CallLimiter()
        let both = [
            BudgetScope(.key, "k"): CallLimit(callsPerMinute: 10), BudgetScope(.organisation, "o"): CallLimit(tokensPerMinute: 100),
        ]
        #expect(take(limiter, 100, both))
        for _ in 0..<50 { #expect(!take(limiter, 100, both)) }
        #expect((0..<100).filter { _ in take(limiter, 0, both) }.count == 9)
    }

    @Test func tokensAreCorrectedAfterwards() throws {
        let limiter = CallLimiter()
        let limits = [BudgetScope(.key, "k"): CallLimit(tokensPerMinute: 1000)]
        let taken = try limiter.take(tokens: 900, for: caller, now: start) { limits[$0] }
        #expect(!take(limiter, 200, limits))
        limiter.correct(taken, used: 100)
        #expect(take(limiter, 900, limits))
        let more = try limiter.take(tokens: 0, for: caller, now: start) { limits[$0] }
        limiter.correct(more, used: 500)
        #expect(!take(limiter, 1, after: 29, limits))
        #expect(take(limiter, 1, after: 31, limits))
    }

    @Test func saysHowLongToWait() {
        let limiter = CallLimiter()
        let scope = BudgetScope(.key, "k")
        let limits = [scope: CallLimit(tokensPerMinute: 600)]
        #expect(take(limiter, 600, limits))
        #expect(throws: CallLimitError.limited(scope: scope, unit: "tokens", limit: 600, retryAfter: 10)) {
            try limiter.take(tokens: 100, for: caller, now: start) { limits[$0] }
        }
        #expect(throws: CallLimitError.tooLarge(scope: scope, tokens: 601, limit: 600)) {
            try limiter.take(tokens: 601, for: caller, now: start) { limits[$0] }
        }
        #expect(throws: CallLimitError.self) { try CallLimit(callsPerMinute: 0).validate() }
        #expect(throws: CallLimitError.self) { try CallLimit(tokensPerMinute: -5).validate() }
    }

    @Test func memoryIsBounded() {
        let limiter = CallLimiter(maximumBuckets: 16)
        for number in 0..<1000 {
            let caller = BudgetCaller(key: "k\(number)")
            #expect(throws: Never.self) {
                try limiter.take(tokens: 1, for: caller, now: start) { _ in CallLimit(callsPerMinute: 1) }
            }
        }
    }
}
