import Glibc

/// Triangular filters evenly spaced on Slaney's mel scale, each of unit area, from 0 Hz to 8 kHz at a rate of 16 kHz and 201 bins.
///
/// Whisper was trained with those of librosa (`filters.mel`, `htk=False, norm="slaney"`), after Slaney, Auditory Toolbox,
/// Interval Research 1998-010.
struct MelFilterBank: Sendable {
    /// One filter: the weights of the bins from `firstBin` on.
    struct Band: Sendable {
        let firstBin: Int
        let weights: [Float]
    }

    static let bins = FourierTransform.size / 2 + 1
    let bands: [Band]

    /// - Parameter count: how many filters; Whisper has 80, or 128 from large-v3 on.
    init(count: Int) {
        let highest = Self.mel(ofHertz: 8000)
        let corners = (0..<count + 2).map { Self.hertz(ofMel: highest * Double($0) / Double(count + 1)) }
        bands = (0..<count).map { index in
            let (low, middle, high) = (corners[index], corners[index + 1], corners[index + 2])
            let weights = (0..<Self.bins).map { bin in
                let frequency = Double(bin) * 16000 / Double(FourierTransform.size)
                let slope = min((frequency - low) / (middle - low), (high - frequency) / (high - middle))
                return Float(max(0, slope) * 2 / (high - low))
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? first
            return Band(firstBin: first, weights: Array(weights[first...last]))
        }
    }

    // Slaney's scale: linear to 1 kHz (15 mel), then 27 steps for every factor of 6.4.
    private static let stepsPerNeper = 27 / log(6.4)

    private static func mel(ofHertz hertz: Double) -> Double {
        hertz < 1000 ? hertz * 3 / 200 : 15 + log(hertz / 1000) * stepsPerNeper
    }

    private static func hertz(ofMel mel: Double) -> Double {
        mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) / stepsPerNeper)
    }
}
