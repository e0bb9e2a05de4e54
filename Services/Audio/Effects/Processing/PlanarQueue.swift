/// Planar audio waiting in order; grows as needed.
struct PlanarQueue {
    private var storage: PlanarStorage
    private var first = 0
    private(set) var frames = 0

    init(channels: Int, capacity: Int = 2 * PlanarStorage.blockFrames) {
        storage = PlanarStorage(channels: channels, frames: capacity)
    }

    /// What waits.
    var block: PlanarBlock { storage.block(storage.capacity).frames(from: first, count: frames) }

    mutating func append(_ added: PlanarBlock) {
        let room = reserve(added.frames)
        room.copy(from: added)
    }

    /// Appends frames that are not set yet.
    mutating func reserve(_ count: Int) -> PlanarBlock {
        if first + frames + count > storage.capacity { makeRoom(for: frames + count) }
        frames += count
        return block.dropping(frames - count)
    }

    mutating func removeFirst(_ count: Int) {
        first += count
        frames -= count
        if frames == 0 { first = 0 }
    }

    mutating func removeLast(_ count: Int) { frames -= count }

    /// Hands over the first frames in blocks of a chain's size and removes them.
    mutating func emit(_ count: Int, _ emit: (PlanarBlock) throws -> Void) throws {
        var rest = count
        while rest > 0 {
            let part = min(rest, PlanarStorage.blockFrames)
            try emit(block.frames(from: 0, count: part))
            removeFirst(part)
            rest -= part
        }
    }

    private mutating func makeRoom(for count: Int) {
        let waiting = block
        if count <= storage.capacity / 2 {
            for channel in 0..<storage.channels { storage[channel].update(from: waiting.start(channel), count: frames) }
        } else {
            let larger = PlanarStorage(channels: storage.channels, frames: 2 * count)
            larger.block(frames).copy(from: waiting)
            storage = larger
        }
        first = 0
    }
}
