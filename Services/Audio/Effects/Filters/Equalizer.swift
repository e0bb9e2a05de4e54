/// A parametric equaliser of second-order bands.
struct Equalizer: Effect {
    var bands: [Automated<EqualizerBand>] = []

    static let type = "eq"
    static let summary = "Parametric equaliser: peaks, shelves, low-, high- and band-pass filters and notches."
    static let parameters: [Parameter<Equalizer>] = [
        .list("bands", \.bands, count: 1...32, "The bands, one after the other.")
    ]

    /// A filter's state decays by 60 dB in about 2.2 Q / f seconds; the slowest band counts.
    var settlingSeconds: Double {
        bands.map { min(10, 0.05 + 3 * max(0.5, $0.fixed.q) / max(20, $0.fixed.frequency)) }.max() ?? 0
    }

    var isConstant: Bool { bands.allSatisfy(\.isConstant) }

    func resolved(at seconds: Double) -> Equalizer {
        Equalizer(bands: bands.map { Automated($0.settings(at: seconds)) })
    }

    static func unit(_ settings: Automated<Equalizer>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { EqualizerUnit($0, context) }
    }
}

/// An equaliser at work.
final class EqualizerUnit: InPlaceUnit {
    private let cascade: BiquadCascade
    private let context: UnitContext

    init(_ settings: Equalizer, _ context: UnitContext) {
        cascade = BiquadCascade(settings.bands.map { $0.fixed.coefficients(context) }, channels: context.channels)
        self.context = context
    }

    func retune(_ settings: Equalizer, over frames: Int) {
        for (index, band) in settings.bands.enumerated() { cascade.set(band.fixed.coefficients(context), at: index) }
    }

    func process(_ block: PlanarBlock, at frame: Int) { cascade.process(block) }
}
