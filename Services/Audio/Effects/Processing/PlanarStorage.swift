/// Memory for planar audio, silent at first.
final class PlanarStorage {
    /// The most frames that a block has on its way through a chain.
    static let blockFrames = 512

    let channels: Int
    let capacity: Int
    private let samples: UnsafeMutablePointer<Float>
    private let table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>

    init(channels: Int, frames: Int = PlanarStorage.blockFrames) {
        (self.channels, capacity) = (channels, frames)
        samples = .allocate(capacity: max(1, channels * frames))
        samples.initialize(repeating: 0, count: channels * frames)
        table = .allocate(capacity: max(1, channels))
        for channel in 0..<channels { (table + channel).initialize(to: samples + channel * frames) }
    }

    deinit {
        samples.deallocate()
        table.deallocate()
    }

    /// The first frames.
    func block(_ frames: Int) -> PlanarBlock { PlanarBlock(table, channels: channels, frames: frames) }

    /// The samples of one channel.
    subscript(channel: Int) -> UnsafeMutablePointer<Float> { table[channel] }
}
