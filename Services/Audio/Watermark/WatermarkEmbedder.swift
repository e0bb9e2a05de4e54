import Glibc
import Media

/// Marks audio with an identifier that can be read back from the audio alone.
///
/// Each channel goes through a short-time Fourier transform with Hann windows before and after, overlapping by 75 %; cells of
/// `WatermarkGrid` are raised or lowered by what `MaskingModel` gives, and only the difference is added to the input. So the
/// audio below 300 Hz and above 8 kHz stays as it is, silence stays silence, and marked audio is as long as the input and in
/// time with it. All channels get the same gains, which keeps the stereo image and lets any mix of them be read.
///
/// Peaks may grow a little: a limiter belongs behind it when they matter. Samples that are not finite pass as they are.
package final class WatermarkEmbedder {
    /// Samples by which what comes out lags behind what went in.
    package var latency: Int { length - hop }

    private let sampleRate: Int
    private let length: Int
    private let hop: Int
    private let bounds: [Int]
    private let chips: [Float]
    private let strength: Float
    private let window: [Float]
    private let transform: RealTransform
    private var masking: MaskingModel
    private var channels: [MarkedChannel]
    private var powers: [Float]
    private var room: [Float]
    private var changes: [Float]
    /// Samples of the hop that is being filled.
    private var filled = 0
    private var frameCount = 0
    private var inputCount = 0
    private var outputCount = 0

    /// - Parameters:
    ///   - key: 1 to 4,096 bytes, at best 16 random ones or more; the same finds the mark again.
    ///   - identifier: what to embed.
    ///   - sampleRate: 8,000 to 384,000 Hz.
    ///   - channels: 1 to 8.
    ///   - strength: a factor on the decibels by which amplitudes move, 0.25 to 4.
    /// - Throws: `WatermarkError`.
    package init(key: [UInt8], identifier: UInt64, sampleRate: Int, channels: Int, strength: Double = 1) throws(WatermarkError) {
        guard WatermarkGrid.sampleRates.contains(sampleRate) else { throw .sampleRate(sampleRate) }
        guard (1...8).contains(channels) else { throw .channels(channels) }
        guard (0.25...4).contains(strength) else { throw .strength(strength) }
        let symbols = ConvolutionalCode.encode(WatermarkPayload.bits(of: identifier))
        chips = try WatermarkPattern(key: key).chips(symbols: symbols)
        self.sampleRate = sampleRate
        self.strength = Float(strength)
        length = WatermarkGrid.transformLength(sampleRate: sampleRate)
        hop = length / 4
        bounds = WatermarkGrid.cellBounds(sampleRate: sampleRate)
        window = HannWindow.make(length)
        do {
            transform = try RealTransform(length: length)
        } catch {
            throw .outOfMemory
        }
        let bins = length / 2 + 1
        masking = MaskingModel(bounds: bounds)
        powers = Array(repeating: 0, count: bins)
        changes = Array(repeating: 0, count: bins)
        room = Array(repeating: 0, count: WatermarkGrid.cells)
        self.channels = (0..<channels).map { [length] _ in MarkedChannel(length: length, bins: bins) }
    }

    /// Marked samples of each channel that can be read.
    package var available: Int { channels[0].available }

    /// Takes a block. What is ready then can be read.
    /// - Parameter planes: a plane for each channel, all with as many samples, of any number.
    package func append(_ planes: [UnsafeBufferPointer<Float>]) {
        precondition(planes.count == channels.count && planes.allSatisfy { $0.count == planes[0].count }, "a plane a channel")
        inputCount += planes[0].count
        var position = 0
        while position < planes[0].count {
            let count = min(hop - filled, planes[0].count - position)
            for (channel, plane) in zip(channels, planes) {
                channel.take(plane.baseAddress! + position, count: count, filled: filled)
            }
            position += count
            fill(count)
        }
    }

    /// Ends the audio: the rest can be read, and nothing can be appended.
    package func finish() {
        while outputCount < inputCount {
            let count = hop - filled
            for channel in channels {
                channel.take(nil, count: count, filled: filled)
            }
            fill(count)
        }
    }

    /// Moves out marked samples, in the order in which they came in.
    /// - Parameter planes: a plane for each channel, all of one size.
    /// - Returns: how many samples of each were written: the size of the planes, or what is available.
    package func read(into planes: [UnsafeMutableBufferPointer<Float>]) -> Int {
        precondition(planes.count == channels.count && planes.allSatisfy { $0.count == planes[0].count }, "a plane a channel")
        let count = min(planes[0].count, available)
        guard count > 0 else { return 0 }
        for (channel, plane) in zip(channels, planes) {
            channel.read(into: plane.baseAddress!, count: count)
        }
        return count
    }

    private func fill(_ count: Int) {
        filled += count
        guard filled == hop else { return }
        filled = 0
        frameCount += 1
        markFrame()
        // The oldest samples of the first frames are the zeros before the audio; those of the last, the zeros behind it.
        let first = frameCount * hop - length
        let kept = first < 0 ? 0 : min(hop, inputCount - first)
        for channel in channels {
            channel.advance(keeping: kept)
        }
        outputCount += kept
    }

    private func markFrame() {
        let bins = bounds[0]..<bounds[bounds.count - 1]
        window.withUnsafeBufferPointer { window in
            let window = window.baseAddress!
            var share: Float = 1
            powers.withUnsafeMutableBufferPointer { powers in
                powers.update(repeating: 0)
                for channel in channels {
                    share = min(share, channel.analyse(transform, window: window, bins: bins, powers: powers.baseAddress!))
                }
            }
            guard findChanges(share) else { return }
            changes.withUnsafeBufferPointer { changes in
                for channel in channels {
                    channel.mark(transform, window: window, scale: 1 / 1.5, bins: bins, changes: changes.baseAddress!)
                }
            }
        }
    }

    /// - Returns: whether there is anything to mark.
    private func findChanges(_ share: Float) -> Bool {
        guard powers.contains(where: { $0 > 0 }) else { return false }
        powers.withUnsafeBufferPointer { powers in
            room.withUnsafeMutableBufferPointer { masking.measure(powers: powers.baseAddress!, into: $0.baseAddress!) }
        }
        let centre = Double(frameCount * hop - length / 2) / Double(sampleRate)
        let slot = max(0, Int(centre / WatermarkGrid.slotSeconds)) % WatermarkGrid.slots
        let factor = strength * share * Self.nepersPerDecibel
        for cell in 0..<bounds.count - 1 {
            let index = slot * WatermarkGrid.cells + cell
            let change = exp(chips[index] * room[cell] * factor) - 1
            for bin in bounds[cell]..<bounds[cell + 1] {
                changes[bin] = change
            }
        }
        return true
    }

    /// ln(10) / 20: the logarithm of an amplitude ratio of one decibel.
    private static let nepersPerDecibel: Float = 0.115_129_255
}
