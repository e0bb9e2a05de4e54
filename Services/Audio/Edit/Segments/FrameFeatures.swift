import Glibc
import Media

/// What is measured of one frame of 64 ms, every 32 ms, at 16 kHz.
struct FrameFeatures: Sendable {
    /// Mean square.
    var energy: Float = 0
    /// Share of neighbouring samples between which the sign changes (J. Saunders, "Real-time discrimination of broadcast
    /// speech/music", ICASSP 1996).
    var zeroCrossings: Float = 0
    /// Change of the spectrum's shape since the frame before, from 0 to 1 (E. Scheirer, M. Slaney, "Construction and evaluation
    /// of a robust multifeature speech/music discriminator", ICASSP 1997).
    var flux: Float = 0
    /// Geometric over arithmetic mean of the power from 100 Hz to 7 kHz: 1 for white noise, near 0 for tones (ISO/IEC 15938-4).
    var flatness: Float = 0
    /// Amplitudes in eight bands of an octave or less, whose course shows the rhythm of syllables.
    var bands = SIMD8<Float>.zero
    /// The bins of the spectrum that stand out from their neighbours.
    var prominent: [Bool] = []
}

/// Cuts sound at 16 kHz into frames and measures them.
final class FrameAnalyzer {
    static let sampleRate = 16_000
    static let hop = 512
    static let length = 1024
    /// Bins from 100 Hz to 7 kHz.
    static let bins = 7..<448
    /// Upper edges of the bands in bins: 250, 500, 800, 1250, 2000, 3150, 5000 and 7000 Hz.
    private static let edges = [16, 32, 51, 80, 128, 202, 320, 448]
    /// Neighbours to either side that a bin is compared with: 160 Hz.
    private static let neighbours = 10
    /// A bin stands out when it is more than this over the mean of its neighbours, in powers of e of the magnitude.
    private static let prominence: Float = 0.6

    private let transform: RealTransform
    private let window: [Float]
    private var previous: [Float]
    private var magnitudes: [Float]
    private var logarithms: [Float]
    private var waiting: [Float] = []

    /// - Throws: `MediaError.outOfMemory`.
    init() throws(MediaError) {
        transform = try RealTransform(length: Self.length)
        window = (0..<Self.length).map { 0.5 - 0.5 * Float(cos(2 * .pi * Double($0) / Double(Self.length))) }
        previous = Array(repeating: 0, count: Self.bins.upperBound)
        magnitudes = previous
        logarithms = previous
    }

    /// Takes samples.
    /// - Parameter emit: called with each frame.
    /// - Throws: `EditError.notFinite`.
    func process(_ samples: UnsafeBufferPointer<Float>, emit: (FrameFeatures) -> Void) throws(EditError) {
        waiting += samples
        var used = 0
        while waiting.count - used >= Self.length {
            let frame = waiting.withUnsafeBufferPointer { measured(UnsafeBufferPointer(rebasing: $0[used..<used + Self.length])) }
            guard frame.energy.isFinite else { throw .notFinite }
            emit(frame)
            used += Self.hop
        }
        waiting.removeFirst(used)
    }

    private func measured(_ samples: UnsafeBufferPointer<Float>) -> FrameFeatures {
        var frame = FrameFeatures()
        frame.energy = samples.squareSum / Float(Self.length)
        var changes = 0
        for index in 1..<Self.length where (samples[index] < 0) != (samples[index - 1] < 0) { changes += 1 }
        frame.zeroCrossings = Float(changes) / Float(Self.length)
        let input = transform.samples
        window.withUnsafeBufferPointer { window in
            for index in 0..<Self.length { input[index] = samples[index] * window[index] }
        }
        transform.forward()
        measureSpectrum(&frame)
        return frame
    }

    private func measureSpectrum(_ frame: inout FrameFeatures) {
        let spectrum = transform.spectrum
        var (power, logarithm, band) = (Float(0), Float(0), 0)
        for bin in Self.bins {
            if bin >= Self.edges[band] { band += 1 }
            let value = spectrum[bin]
            let square = value.x * value.x + value.y * value.y + 1e-10
            power += square
            frame.bands[band] += square
            magnitudes[bin] = square.squareRoot()
            logarithms[bin] = 0.5 * logf(square)
            logarithm += logarithms[bin]
        }
        let count = Float(Self.bins.count)
        frame.flatness = expf(2 * logarithm / count) / (power / count)
        frame.bands = frame.bands.squareRoot()
        let scale = 1 / power.squareRoot()
        var distance: Float = 0
        for bin in Self.bins {
            let shape = magnitudes[bin] * scale
            let change = shape - previous[bin]
            distance += change * change
            previous[bin] = shape
        }
        // Two shapes of unit length are at most the square root of 2 apart.
        frame.flux = (distance / 2).squareRoot()
        frame.prominent = prominent()
    }

    /// Local emphasis of the spectrum, as continuous frequency activation wants it.
    private func prominent() -> [Bool] {
        let (bins, reach) = (Self.bins, Self.neighbours)
        var sum: Float = 0
        for bin in bins.prefix(reach) { sum += logarithms[bin] }
        var count = reach
        return bins.map { bin in
            if bin + reach < bins.upperBound { (sum, count) = (sum + logarithms[bin + reach], count + 1) }
            if bin - reach - 1 >= bins.lowerBound { (sum, count) = (sum - logarithms[bin - reach - 1], count - 1) }
            return logarithms[bin] > sum / Float(count) + Self.prominence
        }
    }
}
