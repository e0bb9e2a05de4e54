/// One band of an equaliser.
struct EqualizerBand: EffectSettings {
    enum Kind: String, CaseIterable, Sendable {
        case peak
        case lowShelf = "low_shelf"
        case highShelf = "high_shelf"
        case lowPass = "low_pass"
        case highPass = "high_pass"
        case bandPass = "band_pass"
        case notch
    }

    var kind = Kind.peak
    var frequency = 1000.0
    var gain = 0.0
    var q = 0.707

    static let parameters: [Parameter<EqualizerBand>] = [
        .choice("type", \.kind, "The shape of the response."),
        .automatable(
            "frequency_hz", \.frequency, in: 10...40_000, unit: "Hz",
            "The centre or corner; at most 0.49 of the sample rate is taken."),
        .automatable("gain_db", \.gain, in: -48...24, unit: "dB", "The gain of a peak or a shelf."),
        .automatable("q", \.q, in: 0.1...40, "The quality: a higher one makes peaks and notches narrower."),
    ]

    func coefficients(_ context: UnitContext) -> BiquadCoefficients {
        BiquadCoefficients(
            kind, frequency: context.frequency(frequency), gain: gain, q: q, sampleRate: context.sampleRate)
    }
}
