import Glibc

/// Mixes tracks in one pass and bounded memory; what ducks makes room for speech, seen ahead.
package final class Mixer {
    /// Frames of the mix.
    package let frames: Int
    /// Of the mix, 1 or 2.
    package let outputs: Int
    /// Seconds in which tracks were lowered.
    package private(set) var duckedSeconds = 0.0

    private let feeds: [TrackFeed]
    private let sampleRate: Int
    private let ducking: Ducking
    private let isDucking: Bool

    /// Steps of the ducker that are mixed at once.
    private static let blockSteps = 8

    /// - Parameters:
    ///   - tracks: with their sounds, in order.
    ///   - lengths: frames of each sound.
    ///   - outputs: channels of the mix, 1 or 2.
    ///   - frames: of the mix.
    package init(
        _ tracks: [(track: MixTrack, input: any MixInput)], lengths: [Int], outputs: Int, sampleRate: Int, frames: Int,
        ducking: Ducking
    ) {
        (self.outputs, self.sampleRate, self.frames, self.ducking) = (outputs, sampleRate, frames, ducking)
        feeds = zip(tracks, lengths).map { entry, length in
            let start = Int((entry.track.start * Double(sampleRate)).rounded())
            let end = entry.track.loops ? frames : min(frames, start + length)
            let stage = TrackStage(
                entry.track, channels: entry.input.channels, outputs: outputs, sampleRate: sampleRate,
                end: entry.track.fadeOut > 0 ? end : nil)
            return TrackFeed(stage, entry.input)
        }
        isDucking = tracks.contains { $0.track.ducks }
    }

    /// Makes the mix.
    /// - Parameters:
    ///   - progress: called with the fraction done.
    ///   - emit: called with the samples by channel, which it may change; they are valid during the call.
    /// - Throws: `MediaError.notFinite`, what the sounds and `emit` throw.
    package func run(progress: (Double) -> Void, emit: ([UnsafeMutableBufferPointer<Float>]) throws -> Void) throws {
        var ducker = Ducker(ducking, sampleRate: sampleRate)
        let step = ducker.stepFrames
        let ahead = isDucking ? Int((ducking.lookAhead * Double(sampleRate) / Double(step)).rounded()) : 0
        let capacity = (Self.blockSteps + ahead) * step
        let (plain, ducked, speech) = (Bus(outputs, capacity), Bus(outputs, capacity), Bus(outputs, capacity))
        // The gain at the beginning of each step that is mixed and not yet out, and at the end of the last.
        var gains: [Float] = [1]
        var position = 0
        var mixed = 0
        while position < frames {
            let wanted = position + capacity
            let range = mixed..<wanted
            for feed in feeds {
                var buses = [feed.track.ducks ? ducked : plain]
                if isDucking && feed.track.speaks { buses.append(speech) }
                try feed.add(range, to: buses.map { $0.pointers(from: mixed - position) })
            }
            if isDucking {
                for index in (mixed - position) / step..<capacity / step {
                    gains.append(ducker.next(speech.energy(from: index * step, count: step)))
                }
                // What comes ahead of the first frame is the gain there already.
                if position == 0 { gains.removeFirst(ahead) }
            }
            mixed = wanted
            let count = min(Self.blockSteps * step, frames - position)
            if isDucking { add(ducked, times: gains, step: step, count: count, to: plain) }
            guard plain.energy(from: 0, count: count).isFinite else { throw MediaError.notFinite }
            try emit(plain.buffers(count: count))
            for bus in [plain, ducked, speech] { bus.drop(Self.blockSteps * step) }
            if isDucking { gains.removeFirst(Self.blockSteps) }
            position += count
            progress(Double(position) / Double(frames))
        }
        duckedSeconds = min(Double(frames), Double(ducker.openSteps * step)) / Double(sampleRate)
    }

    private func add(_ ducked: Bus, times gains: [Float], step: Int, count: Int, to plain: Bus) {
        for index in 0..<(count + step - 1) / step {
            let slope = (gains[index + 1] - gains[index]) / Float(step)
            let length = min(step, count - index * step)
            for (to, from) in zip(plain.pointers(from: index * step), ducked.pointers(from: index * step)) {
                to.add(from, rampFrom: gains[index], step: slope, count: length)
            }
        }
    }
}

/// Some frames of a sum of tracks, by channel.
private final class Bus {
    private let planes: [UnsafeMutableBufferPointer<Float>]

    init(_ channels: Int, _ capacity: Int) {
        planes = (0..<channels).map { _ in
            let plane = UnsafeMutableBufferPointer<Float>.allocate(capacity: capacity)
            plane.initialize(repeating: 0)
            return plane
        }
    }

    deinit { for plane in planes { plane.deallocate() } }

    func pointers(from first: Int) -> [UnsafeMutablePointer<Float>] { planes.compactMap { $0.baseAddress.map { $0 + first } } }

    func buffers(count: Int) -> [UnsafeMutableBufferPointer<Float>] {
        planes.map { UnsafeMutableBufferPointer(rebasing: $0[..<count]) }
    }

    /// The mean square over all channels.
    func energy(from first: Int, count: Int) -> Float {
        let sum = planes.reduce(Float(0)) { $0 + UnsafeBufferPointer(rebasing: $1[first..<first + count]).squareSum }
        return sum / Float(max(1, count) * planes.count)
    }

    /// Forgets the first frames; silence comes in behind.
    func drop(_ count: Int) {
        for plane in planes {
            guard let start = plane.baseAddress else { continue }
            start.update(from: start + count, count: plane.count - count)
            (start + plane.count - count).update(repeating: 0, count: count)
        }
    }
}
