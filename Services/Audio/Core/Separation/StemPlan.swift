import Inference
import Media

/// How a model gives the stems that are wanted: which of them its networks find, and what is left to signal processing.
struct StemPlan {
    /// Of the wanted stems, in order; the last is the mix without the others.
    let stems: [String]
    /// Whether drums and bass are found by a network.
    let isNeural: Bool
    private let model: InstalledModel

    static let two = ["vocals", "accompaniment"]
    static let four = ["vocals", "drums", "bass", "other"]

    /// Whether a model finds drums and bass too.
    static func hasFourStems(_ model: InstalledModel) -> Bool { Set(four.dropLast()).isSubset(of: found(by: model)) }

    /// The stems that a model's networks give.
    private static func found(by model: InstalledModel) -> [String] {
        switch model.engine {
        case "spleeter": (two + four).filter { model.files[$0] != nil }
        case "htdemucs": model.stems(fallback: four)
        default: model.stems(fallback: ["vocals"])
        }
    }

    /// - Throws: `AudioError.modelUnfit` for a model that neither finds vocals nor all else.
    init(_ model: InstalledModel, hasFourStems: Bool) throws(AudioError) {
        guard ["spleeter", "htdemucs", "mdx"].contains(model.engine) else {
            throw .modelUnfit(model.name, "the engine \(model.engine) is not known here")
        }
        let found = Self.found(by: model)
        guard found.contains("vocals") || found == ["accompaniment"] else {
            throw .modelUnfit(model.name, "it finds \(found.joined(separator: ", ")), and no vocals")
        }
        self.model = model
        stems = hasFourStems ? Self.four : Self.two
        isNeural = !hasFourStems || Self.hasFourStems(model)
    }

    /// What found a stem, in words.
    func method(of stem: String) -> String { isNeural || stem == "vocals" ? "neural network" : "signal processing" }

    /// - Parameter sampleRate: Hz.
    /// - Throws: `AudioError.modelBroken`, `ModelError`, `MediaError`.
    func splitter(options: ModelOptions, sampleRate: Double) throws -> any StemSplitter {
        guard model.engine == "spleeter" else {
            let network: any StemNetwork =
                model.engine == "mdx"
                ? try SpectrogramNetwork(model, options: options) : try WaveformNetwork(model, options: options)
            let wanted = isNeural ? stems : Self.two
            let sources = try wanted.dropLast().map { stem throws(AudioError) in try Self.source(of: stem, network, model) }
            let splitter = NetworkSplitter(network, sources)
            return isNeural ? splitter : try AccompanimentSplitter(splitter, sampleRate: sampleRate)
        }
        let known = Self.hasFourStems(model) ? Self.four : Self.two
        let masks = try SpleeterMasks(model, stems: known, wanted: isNeural ? stems.count - 1 : 1, options: options)
        guard !isNeural else { return try SpectralSplitter(channels: 2, stems: stems.count) { try masks($0) } }
        return try SpectralSplitter(channels: 2, stems: stems.count) { chunk in
            let voice = try masks(chunk)[0]
            var all = [voice, [], []]
            for channel in 0..<2 {
                let magnitudes = zip(chunk.spectra[channel], voice[channel]).map { ($0 * $0).sum().squareRoot() * (1 - $1) }
                let split = HarmonicPercussiveMasks(magnitudes, bins: SpectralSplitter.bins, sampleRate: sampleRate)
                // Shares of what the vocals leave.
                all[1].append(zip(split.drums, voice[channel]).map { $0 * (1 - $1) })
                all[2].append(zip(split.bass, voice[channel]).map { $0 * (1 - $1) })
            }
            return all
        }
    }

    private static func source(
        of stem: String, _ network: any StemNetwork, _ model: InstalledModel
    ) throws(AudioError) -> NetworkSplitter.Source {
        if let output = network.stems.firstIndex(of: stem) { return .output(output) }
        guard stem == "vocals", let rest = network.stems.firstIndex(of: "accompaniment") else {
            throw .modelBroken(model.name, "it gives no \(stem)")
        }
        return .rest(rest)
    }
}
