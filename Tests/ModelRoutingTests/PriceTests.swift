import ModelRouting
import Primitives
import TestSupport
import Testing

@Suite struct PriceTests {
    private func price(_ model: String, at time: String = "2026-11-21T00:00:00Z") throws -> Price {
        let model = try #require(try SampleRegistry.read().model(named: model))
        return model.deployments[0].prices.price(at: TestClock.time(time))
    }

    @Test func everyKindOfTokenHasItsPrice() throws {
        let usage = TokenUsage(
            input: 10_000, cachedRead: 4000, cachedWrite: 1000, cachedWriteHour: 500, output: 300, reasoning: 200)
        // 4500 plain at 5, 4000 at 0.5, 1000 at 6.25, 500 at 10, 300 at 25 dollars a million.
        #expect(try price("good").cost(of: usage).nanoDollars == 22_500_000 + 2_000_000 + 6_250_000 + 5_000_000 + 7_500_000)
        #expect(try price("good").cacheReadSaving(of: usage).nanoDollars == 4000 * 4500)
    }

    /// Thoughts that no usage tells are charged at the dearer rate, as what is kept for them is.
    @Test(arguments: [("", 400), (", reasoning: 0.9", 900), (", reasoning: 0.1", 400)] as [(String, Int64)])
    func unseenThoughtsCostTheDearerRate(_ rate: String, _ each: Int64) throws {
        let text = SampleRegistry.pricing.replacing("{model: cheap, input: 0.1,", with: "{model: cheap\(rate), input: 0.1,")
        let price = try #require(try SampleRegistry.read(pricing: text).model(named: "cheap")).deployments[0].prices.price(
            at: .now())
        let cost = try price.cost(of: TokenUsage(input: 10, output: 5), andThoughts: 1000)
        #expect(cost.nanoDollars == 10 * 100 + 5 * 400 + 1000 * each)
        #expect(try cost <= price.worstCase(input: 10, output: 1005))
    }

    @Test func roundsUpOnce() throws {
        // One cached token costs 10 nano dollars exactly; a price with a finer grain is rounded up, and only once for all parts.
        #expect(try price("cheap").cost(of: TokenUsage(input: 1, cachedRead: 1, output: 0)).nanoDollars == 10)
        let fine = try SampleRegistry.read(pricing: SampleRegistry.pricing.replacing("input: 0.1,", with: "input: 0.0001,"))
        let price = try #require(fine.model(named: "cheap")).deployments[0].prices.price(at: .now())
        #expect(try price.cost(of: TokenUsage(input: 1, output: 0)).nanoDollars == 1)
        #expect(try price.cost(of: TokenUsage(input: 15, output: 0)).nanoDollars == 2)
        #expect(try price.cost(of: TokenUsage(input: 20, output: 0)).nanoDollars == 2)
    }

    @Test(arguments: [
        ("2026-12-31T23:59:59.999Z", 5), ("2027-01-01T00:00:00.000Z", 4), ("2020-01-01T00:00:00Z", 5),
    ])
    func holdsFromItsDay(_ time: String, _ dollars: Int64) throws {
        #expect(try price("good", at: time).rates.input == .dollars(dollars))
    }

    @Test func longInputsPayTheirOwnRates() throws {
        let text = SampleRegistry.pricing.replacing(
            "{model: cheap, input: 0.1,", with: "{model: cheap, long_context: {above: 1000, input: 0.2, output: 0.6}, input: 0.1,")
        let price = try #require(try SampleRegistry.read(pricing: text).model(named: "cheap")).deployments[0].prices.price(
            at: .now())
        #expect(try price.cost(of: TokenUsage(input: 1000, output: 10)).nanoDollars == 1000 * 100 + 10 * 400)
        #expect(try price.cost(of: TokenUsage(input: 1001, output: 10)).nanoDollars == 1001 * 200 + 10 * 600)
    }

    @Test(arguments: [
        TokenUsage(input: -1, output: 0), TokenUsage(input: 0, output: -5), TokenUsage(input: 5, cachedRead: 6, output: 0),
        TokenUsage(input: 5, output: 1, reasoning: 2), TokenUsage(input: .max, output: 0), TokenUsage(input: 1, output: .min),
        TokenUsage(input: 1, cachedRead: .max, output: 1), TokenUsage(input: 1, output: 1, images: -1),
    ])
    func refusesImpossibleUsage(_ usage: TokenUsage) throws {
        let price = try price("good")
        #expect(throws: UsageError.self) { try price.cost(of: usage) }
    }

    @Test func theLargestUsageStaysWithinBounds() throws {
        let most = TokenUsage(input: TokenUsage.maximumTokens, output: TokenUsage.maximumTokens)
        #expect(try price("good").cost(of: most) == .dollars(30_000))
        #expect(throws: UsageError.self) { try price("good").worstCase(input: .max, output: .max) }
    }

    @Test func theWorstCaseIsNeverBelowTheCost() throws {
        var random = SplitMix(seed: 7)
        let price = try price("good")
        for _ in 0..<2000 {
            let input = Int.random(in: 0...200_000, using: &random)
            let read = Int.random(in: 0...input, using: &random)
            let write = Int.random(in: 0...(input - read), using: &random)
            let hour = Int.random(in: 0...(input - read - write), using: &random)
            let output = Int.random(in: 0...64_000, using: &random)
            let usage = TokenUsage(
                input: input, cachedRead: read, cachedWrite: write, cachedWriteHour: hour, output: output,
                reasoning: Int.random(in: 0...output, using: &random))
            #expect(try price.cost(of: usage) <= price.worstCase(input: input, output: output))
        }
    }
}
