import Glibc

/// What Whisper hears: the logarithm of the energy in mel bands, every 10 ms.
///
/// Windows of 400 samples every 160 (Hann, centred, mirrored at the ends), power, mel filters, log10 not under 8 below the
/// highest, then (x + 4) / 4: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022), section 2.2,
/// and openai/whisper `audio.py`.
package struct LogMelSpectrogram: Sendable {
    /// Samples a second.
    package static let sampleRate = 16000
    /// Samples from one column to the next: 10 ms.
    package static let hop = 160
    /// The most columns that a model takes: 30 s.
    package static let longest = 3000

    /// Bands of the spectrogram.
    package let bands: Int
    private let filters: MelFilterBank
    private let transform = FourierTransform()
    private let window: [Float]

    /// - Parameter bands: 80, or 128 for large-v3.
    package init(bands: Int = 80) {
        self.bands = bands
        filters = MelFilterBank(count: bands)
        let size = FourierTransform.size
        window = (0..<size).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(size))) }
    }

    /// The spectrogram of `samples` followed by silence.
    /// - Parameters:
    ///   - samples: 16 kHz mono, full scale 1; what is not finite counts as silence.
    ///   - columns: how many columns of 10 ms to make; samples beyond them are not heard.
    /// - Returns: [bands, columns], a band after the other.
    package func columns(_ columns: Int, of samples: UnsafeBufferPointer<Float>) -> [Float] {
        let padded = mirrored(samples, length: columns * Self.hop)
        return [Float](unsafeUninitializedCapacity: bands * columns) { output, count in
            let highest = padded.withUnsafeBufferPointer { fill(output, columns: columns, from: $0) }
            let floor = highest - 8
            for index in 0..<bands * columns { output[index] = (max(output[index], floor) + 4) / 4 }
            count = bands * columns
        }
    }

    /// `samples` cut or filled with silence to `length`, with half a window mirrored at both ends.
    private func mirrored(_ samples: UnsafeBufferPointer<Float>, length: Int) -> [Float] {
        let margin = FourierTransform.size / 2
        var padded = [Float](repeating: 0, count: length + FourierTransform.size)
        padded.withUnsafeMutableBufferPointer { padded in
            for index in 0..<min(length, samples.count) {
                let sample = samples[index]
                // Beyond this the power would overflow; no recording is so loud.
                padded[margin + index] = sample.isFinite ? min(max(sample, -1000), 1000) : 0
            }
            for distance in 1...margin where distance < length {
                padded[margin - distance] = padded[margin + distance]
                padded[margin + length - 1 + distance] = padded[margin + length - 1 - distance]
            }
        }
        return padded
    }

    /// Writes log10 of the band energies and returns the highest.
    private func fill(
        _ output: UnsafeMutableBufferPointer<Float>, columns: Int, from padded: UnsafeBufferPointer<Float>
    ) -> Float {
        typealias Lanes = FourierTransform.Lanes
        let size = FourierTransform.size
        var highest: Float = -10
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 4 * size) { room in
            guard let real = room.baseAddress else { return }
            let (imaginary, scratch) = (real + size, real + 2 * size)
            // One complex transform serves two columns, one as its real and one as its imaginary part.
            let together = 2 * Lanes.scalarCount
            for first in stride(from: 0, to: columns, by: together) {
                gather(padded, first: first, columns: columns, real: real, imaginary: imaginary)
                transform.run(real: real, imaginary: imaginary, scratch: scratch)
                separate(real: real, imaginary: imaginary)
                for (band, filter) in filters.bands.enumerated() {
                    var (even, odd) = (Lanes.zero, Lanes.zero)
                    for (index, weight) in filter.weights.enumerated() {
                        even += real[filter.firstBin + index] * weight
                        odd += imaginary[filter.firstBin + index] * weight
                    }
                    let row = band * columns
                    for column in first..<min(first + together, columns) {
                        let lane = (column - first) / 2
                        let level = log10f(max((column - first) % 2 == 0 ? even[lane] : odd[lane], 1e-10))
                        output[row + column] = level
                        highest = max(highest, level)
                    }
                }
            }
        }
        return highest
    }

    /// Windowed samples of sixteen columns, the even ones as real parts.
    private func gather(
        _ padded: UnsafeBufferPointer<Float>, first: Int, columns: Int,
        real: UnsafeMutablePointer<FourierTransform.Lanes>, imaginary: UnsafeMutablePointer<FourierTransform.Lanes>
    ) {
        typealias Lanes = FourierTransform.Lanes
        for index in 0..<FourierTransform.size {
            var (even, odd) = (Lanes.zero, Lanes.zero)
            for lane in 0..<Lanes.scalarCount {
                even[lane] = padded[min(first + 2 * lane, columns - 1) * Self.hop + index]
                odd[lane] = padded[min(first + 2 * lane + 1, columns - 1) * Self.hop + index]
            }
            real[index] = even * window[index]
            imaginary[index] = odd * window[index]
        }
    }

    /// Parts the two spectra that share one transform and leaves their powers in bins 0 to 200: the even columns' in `real`.
    private func separate(
        real: UnsafeMutablePointer<FourierTransform.Lanes>, imaginary: UnsafeMutablePointer<FourierTransform.Lanes>
    ) {
        let size = FourierTransform.size
        for bin in 0..<MelFilterBank.bins {
            let mirror = (size - bin) % size
            let (zr, zi, mr, mi) = (real[bin], imaginary[bin], real[mirror], imaginary[mirror])
            let (er, ei) = (zr + mr, zi - mi)
            let (or, oi) = (zi + mi, mr - zr)
            real[bin] = (er * er + ei * ei) * 0.25
            imaginary[bin] = (or * or + oi * oi) * 0.25
        }
    }
}
