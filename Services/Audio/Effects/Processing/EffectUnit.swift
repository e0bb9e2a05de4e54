/// An effect at work on one stream of audio.
protocol EffectUnit: AnyObject {
    /// Takes the next frames, which it may change, and hands over what comes out.
    /// - Parameter block: at most `PlanarStorage.blockFrames` frames.
    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws
    /// Hands over what is still inside.
    func finish(emit: (PlanarBlock) throws -> Void) throws
}

/// An effect that gives a frame for each frame and works in place.
protocol InPlaceUnit: AnyObject {
    associatedtype Settings: EffectSettings
    /// How many frames its output is late.
    var latency: Int { get }
    /// Moves to other settings.
    /// - Parameter frames: over how many frames levels shall move, so that nothing clicks.
    func retune(_ settings: Settings, over frames: Int)
    /// - Parameters:
    ///   - block: at most `PlanarStorage.blockFrames` frames.
    ///   - frame: the number of the block's first frame.
    func process(_ block: PlanarBlock, at frame: Int)
}

extension InPlaceUnit {
    var latency: Int { 0 }
}
