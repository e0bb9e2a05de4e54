import Primitives

/// Applies a curve to samples at a multiple of their rate, so that the harmonics it makes do not fold back.
///
/// Interpolation and decimation use one linear-phase filter that leaves the samples themselves untouched. The frames between
/// samples are kept apart by their phase, so both filters run along contiguous memory.
final class Oversampler {
    /// Samples on each side that the filter takes; with beta 8 it passes up to 0.45 of the rate and rejects 80 dB from 0.55 on.
    private static let halfWidth = 24

    private let factor: Int
    /// For each phase after the samples' own.
    private let taps: [[Float]]
    private let input: PlanarStorage
    /// For each phase, channel by channel.
    private let phases: PlanarStorage

    /// Frames by which the output is late.
    var latency: Int { factor > 1 ? 2 * Self.halfWidth : 0 }

    init(factor: Int, channels: Int) {
        self.factor = factor
        taps = (1..<max(2, factor)).map {
            WindowedSinc.taps(fraction: Double($0) / Double(factor), halfWidth: Self.halfWidth, beta: 8)
        }
        let frames = 2 * Self.halfWidth + PlanarStorage.blockFrames + 8
        input = PlanarStorage(channels: channels, frames: frames)
        phases = PlanarStorage(channels: channels * factor, frames: frames)
    }

    /// Replaces a block by what a curve makes of it.
    @inline(__always)
    func process(_ block: PlanarBlock, _ curve: (SIMD8<Float>) -> SIMD8<Float>) {
        for channel in 0..<block.channels {
            guard factor > 1 else {
                let samples = phases[channel]
                samples.update(from: block.start(channel), count: block.frames)
                samples.map(block.frames, curve)
                block.start(channel).update(from: samples, count: block.frames)
                continue
            }
            interpolate(block, channel)
            for phase in 0..<factor {
                (phases[channel * factor + phase] + 2 * Self.halfWidth).map(block.frames, curve)
            }
            decimate(block, channel)
        }
    }

    private func interpolate(_ block: PlanarBlock, _ channel: Int) {
        let (kept, frames, history) = (2 * Self.halfWidth, block.frames, input[channel])
        (history + kept).update(from: block.start(channel), count: frames)
        (phases[channel * factor] + kept).update(from: history + Self.halfWidth, count: frames)
        for phase in 1..<factor {
            let output = phases[channel * factor + phase] + kept
            taps[phase - 1].withUnsafeBufferPointer { taps in
                var frame = 0
                while frame < frames {
                    var sum = SIMD8<Float>.zero
                    for tap in 0..<kept { sum += history.vector(frame + tap + 1) * taps[tap] }
                    output.store(sum, frame)
                    frame += 8
                }
            }
        }
        history.update(from: history + frames, count: kept)
    }

    private func decimate(_ block: PlanarBlock, _ channel: Int) {
        let (kept, frames, output) = (2 * Self.halfWidth, block.frames, input[channel] + 2 * Self.halfWidth)
        for phase in 0..<factor {
            let history = phases[channel * factor + phase]
            if phase == 0 {
                output.update(from: history + Self.halfWidth, count: frames)
            } else {
                taps[phase - 1].withUnsafeBufferPointer { taps in
                    var frame = 0
                    while frame < frames {
                        var sum = output.vector(frame)
                        for tap in 0..<kept { sum += history.vector(frame + tap) * taps[kept - 1 - tap] }
                        output.store(sum, frame)
                        frame += 8
                    }
                }
            }
            history.update(from: history + frames, count: kept)
        }
        let scale = 1 / Float(factor)
        for index in 0..<frames { block.start(channel)[index] = output[index] * scale }
    }
}
