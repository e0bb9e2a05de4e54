/// Some frames of planar audio in somebody else's memory; valid during the call that hands it over.
package struct PlanarBlock {
    private let table: UnsafePointer<UnsafeMutablePointer<Float>>
    private let offset: Int
    package let channels: Int
    /// Samples of each channel.
    package let frames: Int

    init(_ table: UnsafePointer<UnsafeMutablePointer<Float>>, offset: Int = 0, channels: Int, frames: Int) {
        (self.table, self.offset, self.channels, self.frames) = (table, offset, channels, frames)
    }

    /// The samples of one channel.
    /// - Returns: `frames` floats.
    package subscript(channel: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: start(channel), count: frames)
    }

    /// The first sample of a channel.
    func start(_ channel: Int) -> UnsafeMutablePointer<Float> { table[channel] + offset }

    /// Some of the frames.
    func frames(from first: Int, count: Int) -> PlanarBlock {
        PlanarBlock(table, offset: offset + first, channels: channels, frames: count)
    }

    /// The frames from `first` on.
    func dropping(_ first: Int) -> PlanarBlock { frames(from: first, count: frames - first) }

    /// The first channels alone.
    func prefix(channels: Int) -> PlanarBlock { PlanarBlock(table, offset: offset, channels: channels, frames: frames) }

    func clear() {
        for channel in 0..<channels { start(channel).update(repeating: 0, count: frames) }
    }

    /// Copies as many frames as both have room for.
    func copy(from other: PlanarBlock) {
        for channel in 0..<channels { start(channel).update(from: other.start(channel), count: min(frames, other.frames)) }
    }
}
