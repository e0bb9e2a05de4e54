package import Primitives

/// What a model costs from one day on. It never changes; a class, so that decisions pass it on by one reference.
package final class Price: Sendable {
    /// Dollars per million tokens, and what else a call is charged for.
    package struct Rates: Sendable, Hashable {
        package var input: Money
        package var output: Money
        /// Input read from the provider's cache.
        package var cachedRead: Money
        /// Input written to the provider's cache for minutes.
        package var cachedWrite: Money
        /// Input written to the provider's cache for an hour.
        package var cachedWriteHour: Money
        package var audioInput: Money
        /// Output that is reasoning.
        package var reasoning: Money
    }

    /// The rates of calls whose whole input is longer than `above` tokens.
    package struct LongContext: Sendable, Hashable {
        package let above: Int
        package let rates: Rates
    }

    package let rates: Rates
    package let longContext: LongContext?
    /// Per image of the input.
    package let image: Money
    /// Per call.
    package let call: Money
    /// The first moment at which it holds.
    package let from: Timestamp
    /// Where the figures were read.
    package let source: String
    /// The day on which they were read, as `2026-11-21`.
    package let sourceDate: String

    init(rates: Rates, longContext: LongContext?, image: Money, call: Money, from: Timestamp, source: String, sourceDate: String) {
        (self.rates, self.longContext, self.image, self.call) = (rates, longContext, image, call)
        (self.from, self.source, self.sourceDate) = (from, source, sourceDate)
    }

    /// What runs on one's own machine.
    package static let free = Price(
        rates: Rates(
            input: .zero, output: .zero, cachedRead: .zero, cachedWrite: .zero, cachedWriteHour: .zero, audioInput: .zero,
            reasoning: .zero), longContext: nil, image: .zero, call: .zero, from: Timestamp(milliseconds: .min), source: "",
        sourceDate: "")

    /// The cost of a call.
    ///
    /// Rounding rule: all products of tokens and price per million are summed without rounding in 128 bits, and the sum is rounded
    /// up once to a whole nano dollar. So a call is never cheaper than its parts, and a larger usage never costs less.
    /// - Throws: `UsageError` when the usage can not be.
    package func cost(of usage: TokenUsage) throws(UsageError) -> Money {
        try usage.validate()
        let rates = rates(forInput: usage.input)
        let plain = usage.input - usage.cachedRead - usage.cachedWrite - usage.cachedWriteHour - usage.audioInput
        let parts: [(tokens: Int, price: Money)] = [
            (plain, rates.input), (usage.cachedRead, rates.cachedRead), (usage.cachedWrite, rates.cachedWrite),
            (usage.cachedWriteHour, rates.cachedWriteHour), (usage.audioInput, rates.audioInput),
            (usage.output - usage.reasoning, rates.output), (usage.reasoning, rates.reasoning),
        ]
        return total(parts, images: usage.images)
    }

    /// The most that a call can cost that may have made more output than its usage tells: thoughts, at the dearer of the two rates.
    /// - Parameter thoughts: tokens of output beside those of the usage.
    /// - Throws: `UsageError` when the usage can not be.
    package func cost(of usage: TokenUsage, andThoughts thoughts: Int) throws(UsageError) -> Money {
        var usage = usage
        usage.output += thoughts
        if rates(forInput: usage.input).reasoning > rates(forInput: usage.input).output { usage.reasoning += thoughts }
        return try cost(of: usage)
    }

    /// The most that a call can cost before anything is known of it but its size: every input token at the dearest input rate,
    /// every output token at the dearer output rate.
    /// - Parameters:
    ///   - input: tokens, counted or estimated upwards.
    ///   - output: the most that the call may give.
    /// - Throws: `UsageError` when a number is negative or impossibly large.
    package func worstCase(input: Int, output: Int, images: Int = 0) throws(UsageError) -> Money {
        try TokenUsage(input: input, output: output, images: images).validate()
        let rates = rates(forInput: input)
        let dearestInput = max(rates.input, rates.cachedRead, rates.cachedWrite, rates.cachedWriteHour, rates.audioInput)
        return total([(input, dearestInput), (output, max(rates.output, rates.reasoning))], images: images)
    }

    /// What reading from the provider's cache has saved over plain input.
    /// - Throws: `UsageError` when the usage can not be.
    package func cacheReadSaving(of usage: TokenUsage) throws(UsageError) -> Money {
        guard usage.cachedRead > 0 else { return .zero }
        var uncached = usage
        uncached.cachedRead = 0
        return max(.zero, try cost(of: uncached) - (try cost(of: usage)))
    }

    private func rates(forInput tokens: Int) -> Rates {
        if let longContext, tokens > longContext.above { return longContext.rates }
        return rates
    }

    private func total(_ parts: [(tokens: Int, price: Money)], images: Int) -> Money {
        var sum = Int128(images) * Int128(image.nanoDollars) * 1_000_000 + Int128(call.nanoDollars) * 1_000_000
        for part in parts { sum += Int128(part.tokens) * Int128(part.price.nanoDollars) }
        let (quotient, remainder) = sum.quotientAndRemainder(dividingBy: 1_000_000)
        let nanoDollars = remainder > 0 ? quotient + 1 : quotient
        return nanoDollars > Int128(Money.maximum.nanoDollars) ? .maximum : Money(nanoDollars: Int64(nanoDollars))
    }
}
