import Glibc
import Primitives

/// Levels in decibels.
enum Decibels {
    /// Decibels of a doubling of amplitude: 20 log10 2.
    static let perOctave: Float = 6.020_599_9

    /// The amplitude factor of so many decibels.
    static func amplitude(_ decibels: Double) -> Float { Float(pow(10, decibels / 20)) }
}

/// First-order smoothing.
enum OnePole {
    /// What remains after one frame of an exponential decay by 1/e.
    /// - Parameter milliseconds: the time constant; 0 follows at once.
    static func decay(milliseconds: Double, sampleRate: Double) -> Float {
        milliseconds > 0 ? Float(exp(-1000 / (milliseconds * sampleRate))) : 0
    }

    /// The same for a low-pass filter whose -3 dB point is at a frequency far below the rate.
    static func decay(hertz: Double, sampleRate: Double) -> Float { Float(exp(-2 * .pi * hertz / sampleRate)) }
}

/// A level that moves evenly to where it shall be.
struct Ramp {
    private(set) var value: Float
    private(set) var step: Float = 0
    private var rest = 0
    private var target: Float

    init(_ value: Float) { (self.value, target) = (value, value) }

    mutating func move(to target: Float, over frames: Int) {
        (self.target, rest, step) = (target, frames, (target - value) / Float(max(1, frames)))
    }

    /// Multiplies all channels of a block, which must not reach beyond where the movement ends, and goes on by it.
    mutating func apply(_ block: PlanarBlock) {
        if step != 0 || value != 1 {
            for channel in 0..<block.channels {
                block.start(channel).multiply(by: value, step: step, count: block.frames)
            }
        }
        advance(block.frames)
    }

    /// Goes on by so many frames.
    mutating func advance(_ frames: Int) {
        guard rest > 0 else { return }
        rest -= frames
        value += step * Float(frames)
        if rest <= 0 { (value, step) = (target, 0) }
    }
}
