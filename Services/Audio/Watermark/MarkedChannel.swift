import Media

/// One channel on its way through the embedder: the samples of the current frame, what is to be added to them, and the marked
/// samples that nobody has read yet.
final class MarkedChannel {
    /// Louder than this is no audio and must not reach the spectrum, where it would spoil the frame.
    private static let loudest: Float = 1e6

    /// The last `length` samples.
    private let frame: UnsafeMutableBufferPointer<Float>
    /// For each of them, the sum of what the frames so far add.
    private let added: UnsafeMutableBufferPointer<Float>
    /// The spectrum of the frame in the bins that may be marked.
    private let spectrum: UnsafeMutableBufferPointer<SIMD2<Float>>
    private let hop: Int
    private var ready: [Float] = []
    private var readCount = 0

    /// - Parameters:
    ///   - length: samples of a frame.
    ///   - bins: of a transform, from the lowest.
    init(length: Int, bins: Int) {
        hop = length / 4
        frame = .allocate(capacity: length)
        frame.initialize(repeating: 0)
        added = .allocate(capacity: length)
        added.initialize(repeating: 0)
        spectrum = .allocate(capacity: bins)
        spectrum.initialize(repeating: .zero)
    }

    deinit {
        frame.deallocate()
        added.deallocate()
        spectrum.deallocate()
    }

    /// Marked samples that can be read.
    var available: Int { ready.count - readCount }

    /// Puts samples into the frame, at `filled` of the hop that is being filled; zeros when there is no source.
    func take(_ source: UnsafePointer<Float>?, count: Int, filled: Int) {
        let target = frame.baseAddress! + (frame.count - hop + filled)
        if let source {
            target.update(from: source, count: count)
        } else {
            target.update(repeating: 0, count: count)
        }
    }

    /// Transforms the frame and adds its power to that of the other channels.
    /// - Parameters:
    ///   - powers: of each bin.
    ///   - bins: those that matter.
    /// - Returns: the share of the room that the frame may use.
    func analyse(
        _ transform: RealTransform, window: UnsafePointer<Float>, bins: Range<Int>, powers: UnsafeMutablePointer<Float>
    ) -> Float {
        let (samples, source) = (transform.samples.baseAddress!, frame.baseAddress!)
        for index in 0..<frame.count {
            let value = source[index]
            samples[index] = abs(value) <= Self.loudest ? value * window[index] : 0
        }
        let share = MaskingModel.attackShare(transform.samples)
        transform.forward()
        let (from, to) = (transform.spectrum.baseAddress!, spectrum.baseAddress!)
        for bin in bins {
            let value = from[bin]
            to[bin] = value
            powers[bin] += value.x * value.x + value.y * value.y
        }
        return share
    }

    /// Adds the frame's own share of the mark.
    /// - Parameters:
    ///   - scale: what makes the squares of overlapping windows sum up to one.
    ///   - changes: for each bin, the factor on the amplitude less one.
    func mark(
        _ transform: RealTransform, window: UnsafePointer<Float>, scale: Float, bins: Range<Int>, changes: UnsafePointer<Float>
    ) {
        transform.spectrum.update(repeating: .zero)
        let (from, to) = (spectrum.baseAddress!, transform.spectrum.baseAddress!)
        for bin in bins {
            to[bin] = from[bin] * changes[bin]
        }
        transform.inverse()
        let (samples, target) = (transform.samples.baseAddress!, added.baseAddress!)
        for index in 0..<added.count {
            target[index] += samples[index] * window[index] * scale
        }
    }

    /// Moves on by a hop: the oldest samples have met all frames that they lie in.
    /// - Parameter kept: how many of them, from the first, are output.
    func advance(keeping kept: Int) {
        let (samples, sums, rest) = (frame.baseAddress!, added.baseAddress!, frame.count - hop)
        if readCount == ready.count || readCount > 1 << 16 {
            ready.removeFirst(readCount)
            readCount = 0
        }
        for index in 0..<kept {
            ready.append(samples[index] + sums[index])
        }
        samples.update(from: samples + hop, count: rest)
        sums.update(from: sums + hop, count: rest)
        (sums + rest).update(repeating: 0, count: hop)
    }

    /// Moves out marked samples.
    func read(into target: UnsafeMutablePointer<Float>, count: Int) {
        ready.withUnsafeBufferPointer { target.update(from: $0.baseAddress! + readCount, count: count) }
        readCount += count
    }
}
