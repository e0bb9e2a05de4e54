import Glibc

/// A comb filter that sweeps.
struct Flanger: ModulatedDelayEffect {
    var rate = 0.25
    var depth = 2.0
    var delay = 0.5
    var feedback = 0.4
    var mix = 0.5

    static let type = "flanger"
    static let summary = "Flanger: a short delay that swings, fed back."
    static let parameters: [Parameter<Flanger>] = [
        .number("rate_hz", \.rate, in: 0.01...10, unit: "Hz", "How often the delay swings."),
        .number("depth_ms", \.depth, in: 0...15, unit: "ms", "By how much it swings."),
        .number("delay_ms", \.delay, in: 0.1...20, unit: "ms", "The shortest delay; it has at least three frames."),
        .number("feedback", \.feedback, in: -0.95...0.95, "How much of the delayed signal is delayed again."),
        .automatable("mix", \.mix, in: 0...1, "How much of the output is the delayed signal; 0.5 sweeps most deeply."),
    ]

    var settlingSeconds: Double {
        let turns = feedback == 0 ? 1 : -3 / log10(abs(feedback)) + 1
        return turns * (delay + depth) / 1000 + 0.01
    }
    var shape: ModulatedDelay.Shape { .init(delay: delay, depth: depth, rate: rate, feedback: feedback) }
}
