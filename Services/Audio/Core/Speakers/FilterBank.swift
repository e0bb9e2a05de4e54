import Glibc
import Media

/// Log energies of speech in mel bands, as the Kaldi toolkit computes them (compute-fbank-feats without dither): what speaker
/// networks are trained on. 16 kHz.
final class FilterBank {
    static let bands = 80
    private static let (frameLength, shift, transformLength) = (400, 160, 512)
    private static let rate = 16_000.0
    private static let lowest = 20.0
    private static let preemphasis: Float = 0.97

    private let transform: RealTransform
    private let window: [Float]
    /// By band: the first bin and the weights from it on.
    private let filters: [(first: Int, weights: [Float])]

    /// - Throws: `MediaError.outOfMemory`.
    init() throws(MediaError) {
        transform = try RealTransform(length: Self.transformLength)
        // Kaldi's own window: a Hann window to the power of 0.85.
        window = (0..<Self.frameLength).map { index in
            powf(0.5 - 0.5 * cosf(2 * .pi * Float(index) / Float(Self.frameLength - 1)), 0.85)
        }
        func mel(_ frequency: Double) -> Double { 1127 * log(1 + frequency / 700) }
        let (low, high) = (mel(Self.lowest), mel(Self.rate / 2))
        let step = (high - low) / Double(Self.bands + 1)
        filters = (0..<Self.bands).map { band in
            let (left, centre) = (low + Double(band) * step, low + Double(band + 1) * step)
            var (first, weights) = (0, [Float]())
            for bin in 0..<Self.transformLength / 2 {
                let place = mel(Double(bin) * Self.rate / Double(Self.transformLength))
                guard place > left, place < centre + step else { continue }
                if weights.isEmpty { first = bin }
                weights.append(Float(place <= centre ? (place - left) / step : (centre + step - place) / step))
            }
            return (first, weights)
        }
    }

    /// - Parameter samples: mono, full scale 1.
    /// - Returns: 80 values for each frame of 10 ms, their mean over time taken away; none for less than a frame.
    func features(of samples: [Float]) -> [Float] {
        guard samples.count >= Self.frameLength else { return [] }
        let frames = (samples.count - Self.frameLength) / Self.shift + 1
        var features = [Float](repeating: 0, count: frames * Self.bands)
        for frame in 0..<frames {
            load(samples[frame * Self.shift..<frame * Self.shift + Self.frameLength])
            transform.forward()
            for (band, filter) in filters.enumerated() {
                var energy: Float = 0
                for (index, weight) in filter.weights.enumerated() {
                    let value = transform.spectrum[filter.first + index]
                    energy += (value * value).sum() * weight
                }
                features[frame * Self.bands + band] = logf(max(energy, .ulpOfOne))
            }
        }
        for band in 0..<Self.bands {
            var mean: Float = 0
            for frame in 0..<frames { mean += features[frame * Self.bands + band] }
            mean /= Float(frames)
            for frame in 0..<frames { features[frame * Self.bands + band] -= mean }
        }
        return features
    }

    private func load(_ frame: ArraySlice<Float>) {
        let mean = frame.reduce(0, +) / Float(frame.count)
        var previous = (frame.first ?? 0) - mean
        for (index, sample) in frame.enumerated() {
            let centred = sample - mean
            transform.samples[index] = (centred - Self.preemphasis * previous) * window[index]
            previous = centred
        }
        for index in Self.frameLength..<Self.transformLength { transform.samples[index] = 0 }
    }
}
