/// Several slightly detuned copies.
struct Chorus: ModulatedDelayEffect {
    var rate = 0.8
    var depth = 3.0
    var delay = 12.0
    var voices = 2
    var mix = 0.4

    static let type = "chorus"
    static let summary = "Chorus: copies whose delays swing, each with a phase of its own."
    static let parameters: [Parameter<Chorus>] = [
        .number("rate_hz", \.rate, in: 0.01...10, unit: "Hz", "How often the delays swing."),
        .number("depth_ms", \.depth, in: 0...20, unit: "ms", "By how much they swing."),
        .number("delay_ms", \.delay, in: 1...60, unit: "ms", "The shortest delay."),
        .integer("voices", \.voices, in: 1...6, "How many copies."),
        .automatable("mix", \.mix, in: 0...1, "How much of the output is copies."),
    ]

    var settlingSeconds: Double { (delay + depth) / 1000 + 0.01 }
    var shape: ModulatedDelay.Shape { .init(delay: delay, depth: depth, rate: rate, voices: voices) }
}
