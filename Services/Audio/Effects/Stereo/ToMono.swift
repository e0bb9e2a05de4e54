import Primitives

/// All channels mixed into one.
struct ToMono: Effect {
    static let type = "to_mono"
    static let summary = "Mixes all channels, each as loud as the others, into one."
    static let parameters: [Parameter<ToMono>] = []

    func channels(from channels: Int) -> Int { 1 }

    static func unit(_ settings: Automated<ToMono>, _ context: UnitContext) throws -> any EffectUnit { ToMonoUnit() }
}

final class ToMonoUnit: EffectUnit {
    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws {
        let mix = block.start(0)
        for channel in 1..<max(1, block.channels) {
            let samples = block.start(channel)
            for index in 0..<block.frames { mix[index] += samples[index] }
        }
        mix.multiply(by: 1 / Float(block.channels), step: 0, count: block.frames)
        try emit(block.prefix(channels: 1))
    }

    func finish(emit: (PlanarBlock) throws -> Void) throws {}
}
