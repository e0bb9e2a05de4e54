/// How the tokens of one model are counted or estimated.
struct CountingMethod {
    /// The model's name, in small letters.
    let model: String
    let family: ModelFamily
    let name: String
    /// Nil where there is only an estimate.
    private let exact: ((String) -> Int)?

    init(model: String, family: ModelFamily, name: String, exact: ((String) -> Int)?) {
        self.model = model.lowercased()
        self.family = family
        self.name = name
        self.exact = exact
    }

    /// Whether a text's count is not the provider's own.
    var isEstimated: Bool { exact == nil || family == .gemini }

    func count(_ text: String) -> Int { exact?(text) ?? TokenEstimate(family).count(text) }

    /// What an image costs the model.
    func tokens(of image: ChatShape.Image) -> Int {
        switch family {
        case .openAI, .unknown: Self.openAI(image, model: model)
        case .claude(let isLater):
            ImageTokens.claude(image, longestSide: isLater ? 2576 : 1568, most: isLater ? 4784 : 1600)
        case .sentencePiece: 256  // Gemma 3 makes 256 tokens of any image ("Gemma 3 Technical Report", 2025, section 2.1).
        // Gemini 3 costs 1120 at the resolution that it takes unasked (Google, "Media resolution").
        case .gemini: model.contains("gemini-3") ? 1120 : ImageTokens.gemini(image)
        }
    }

    /// Shapes of which one costs the most by each of the rules: two that fill OpenAI's tiles and patches, and Gemini's tiles, and
    /// one larger than Claude looks at.
    private static let dearestShapes = [ChatShape.Image(width: 2048, height: 768), ChatShape.Image(width: 4096, height: 4096)]

    /// The most that an image of any common shape costs the model.
    var mostImageTokens: Int { Self.dearestShapes.map(tokens).max() ?? 0 }

    /// The models and numbers of OpenAI's page "Images and vision". A model that it does not name costs what GPT-4o does.
    private static func openAI(_ image: ChatShape.Image, model: String) -> Int {
        let factors = [
            ("gpt-4.1-mini", 1.62), ("gpt-4.1-nano", 2.46), ("o4-mini", 1.72), ("gpt-5-mini", 1.62), ("gpt-5-nano", 2.46),
        ]
        if let (_, factor) = factors.first(where: { model.contains($0.0) }) { return ImageTokens.patched(image, factor: factor) }
        let prices = [("gpt-4o-mini", 2833, 5667), ("gpt-5", 70, 140), ("o1", 75, 150), ("o3", 75, 150)]
        let (_, base, tile) = prices.first { model.contains($0.0) } ?? ("", 85, 170)
        return ImageTokens.tiled(image, base: base, tile: tile)
    }
}
