import Primitives

/// The level that linked dynamics go by: the largest magnitude of all channels.
enum LinkedPeak {
    /// - Parameter peaks: room for the block's frames rounded up to whole eights.
    static func measure(_ block: PlanarBlock, into peaks: UnsafeMutablePointer<Float>) {
        var frame = 0
        while frame + 8 <= block.frames {
            var peak = block.start(0).vector(frame).magnitude
            for channel in 1..<max(1, block.channels) { peak = peak.atLeast(block.start(channel).vector(frame).magnitude) }
            peaks.store(peak, frame)
            frame += 8
        }
        while frame < block.frames {
            var peak: Float = 0
            for channel in 0..<block.channels { peak = max(peak, abs(block.start(channel)[frame])) }
            peaks[frame] = peak
            frame += 1
        }
    }
}
