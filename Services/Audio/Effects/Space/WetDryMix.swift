import Primitives

/// Crossfades between a signal and what an effect made of it.
struct WetDryMix {
    private var wet: Ramp
    private var dry: Ramp

    /// - Parameter mix: 0 is the signal alone, 1 the effect alone.
    init(_ mix: Double) { (wet, dry) = (Ramp(Float(mix)), Ramp(Float(1 - mix))) }

    mutating func move(to mix: Double, over frames: Int) {
        wet.move(to: Float(mix), over: frames)
        dry.move(to: Float(1 - mix), over: frames)
    }

    /// Replaces the dry block by the mix; the wet one is used up.
    mutating func apply(dry block: PlanarBlock, wet effect: PlanarBlock) {
        wet.apply(effect)
        dry.apply(block)
        for channel in 0..<block.channels {
            let (target, source) = (block.start(channel), effect.start(channel))
            var index = 0
            while index + 8 <= block.frames {
                target.store(target.vector(index) + source.vector(index), index)
                index += 8
            }
            while index < block.frames {
                target[index] += source[index]
                index += 1
            }
        }
    }
}
