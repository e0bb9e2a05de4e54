import Primitives
import YAML

/// Reads `pricing.yaml`.
struct PricingFile {
    private static let rateKeys = [
        "input", "output", "cached_read", "cached_write", "cached_write_hour", "audio_input", "reasoning",
    ]
    private static let known = ["model", "from", "per_image", "per_call", "long_context", "source", "source_date"] + rateKeys

    /// By the name that deployments look their price up with.
    private(set) var histories: [String: PriceHistory] = [:]
    /// Where each name is first given, for the problem that nothing has this price.
    private(set) var positions: [String: YAMLPosition] = [:]

    init(_ root: YAMLNode, _ problems: ProblemList) {
        let file = FieldReader(
            root, what: "the price file", known: ["version", "currency", "source", "source_date", "prices"], problems: problems)
        _ = file.integer("version", 1...1)
        if file.text("currency") != "USD" { file.problem("currency must be USD", at: "currency") }
        let source = file.text("source")
        let sourceDate = file.day("source_date")?.text ?? ""
        if sourceDate.isEmpty { file.problem("the price file needs source_date, the day on which the prices were read") }

        var prices: [String: [Price]] = [:]
        for node in file.nodes("prices") {
            let fields = FieldReader(node, what: "a price", known: Self.known, problems: problems)
            let model = fields.text("model")
            let from = fields.day("from")?.start ?? Timestamp(milliseconds: .min)
            if prices[model, default: []].contains(where: { $0.from == from }) {
                fields.problem("\(model) has two prices from the same day on", at: "model")
            }
            positions[model] = positions[model] ?? node.position
            let rates = Self.rates(fields)
            prices[model, default: []].append(
                Price(
                    rates: rates, longContext: Self.longContext(fields, rates, problems), image: fields.money("per_image") ?? .zero,
                    call: fields.money("per_call") ?? .zero, from: from, source: fields.optionalText("source") ?? source,
                    sourceDate: fields.day("source_date")?.text ?? sourceDate))
        }
        for (model, list) in prices { histories[model] = PriceHistory(list) }
    }

    /// What is not told costs what the whole costs: cached input as input, reasoning as output.
    private static func rates(_ fields: FieldReader) -> Price.Rates {
        guard fields.node("input") != nil, fields.node("output") != nil else {
            fields.problem("a price needs input and output, in dollars per million tokens")
            return Price.free.rates
        }
        let input = fields.money("input") ?? .zero
        let output = fields.money("output") ?? .zero
        let write = fields.money("cached_write") ?? input
        return Price.Rates(
            input: input, output: output, cachedRead: fields.money("cached_read") ?? input, cachedWrite: write,
            cachedWriteHour: fields.money("cached_write_hour") ?? write, audioInput: fields.money("audio_input") ?? input,
            reasoning: fields.money("reasoning") ?? output)
    }

    private static func longContext(_ price: FieldReader, _ base: Price.Rates, _ problems: ProblemList) -> Price.LongContext? {
        guard let node = price.node("long_context") else { return nil }
        let fields = FieldReader(node, what: "long_context", known: ["above"] + rateKeys, problems: problems)
        return Price.LongContext(above: fields.integer("above", 1...TokenUsage.maximumTokens), rates: rates(fields))
    }
}
