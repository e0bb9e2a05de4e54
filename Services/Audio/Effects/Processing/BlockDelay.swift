/// Delays planar audio by a fixed number of frames.
final class BlockDelay {
    let frames: Int
    private let storage: PlanarStorage

    init(frames: Int, channels: Int) {
        self.frames = frames
        storage = PlanarStorage(channels: channels, frames: frames + PlanarStorage.blockFrames)
    }

    /// Replaces a block by what came `frames` frames earlier.
    func process(_ block: PlanarBlock) {
        guard frames > 0 else { return }
        for channel in 0..<block.channels {
            let memory = storage[channel]
            (memory + frames).update(from: block.start(channel), count: block.frames)
            block.start(channel).update(from: memory, count: block.frames)
            memory.update(from: memory + block.frames, count: frames)
        }
    }
}
