import Glibc

/// How far the amplitudes of each cell may move without being heard.
///
/// A tone masks noise near it much worse than noise does (Johnston, "Transform coding of audio signals using perceptual noise
/// criteria", IEEE J. Selected Areas in Communications 6(2), 1988): the room depends on the spectral flatness around the cell,
/// as his tonality does. What the embedder adds has the shape of the spectrum itself, so that it stays below it everywhere.
struct MaskingModel {
    /// Decibels by which a cell of noise, and one with a tone in it, move at strength 1.
    static let noiseDecibels: Float = 1.5
    static let toneDecibels: Float = 0.75
    /// Spectral flatness, dB, of noise as the transforms show it (the mean of the logarithm of an exponential variable is 2.5 dB
    /// under the logarithm of its mean), and of a tone.
    private static let noiseFlatness: Float = -2.5
    private static let toneFlatness: Float = -15
    /// A frame whose first half is so many times weaker than its second holds an attack: what is added would be heard before
    /// it (pre-echo), for backward masking ends within some milliseconds.
    private static let attackRatio: Float = 30
    private static let attackShare: Float = 0.3

    private let bounds: [Int]
    private var powerSums: [Float]
    private var logarithmSums: [Float]

    /// - Parameter bounds: the bins of each cell, as `WatermarkGrid.cellBounds` gives them.
    init(bounds: [Int]) {
        self.bounds = bounds
        powerSums = Array(repeating: 0, count: bounds.count - 1)
        logarithmSums = powerSums
    }

    /// The room in each cell for one frame.
    /// - Parameters:
    ///   - powers: of each bin, all channels together.
    ///   - room: gets the decibels for each cell.
    mutating func measure(powers: UnsafePointer<Float>, into room: UnsafeMutablePointer<Float>) {
        let cells = bounds.count - 1
        for cell in 0..<cells {
            var (power, logarithm): (Float, Float) = (0, 0)
            for bin in bounds[cell]..<bounds[cell + 1] {
                let value = powers[bin] + .leastNormalMagnitude
                power += value
                logarithm += FastLogarithm.log2(value)
            }
            powerSums[cell] = power
            logarithmSums[cell] = logarithm
        }
        for cell in 0..<cells {
            let (first, last) = (max(0, cell - 1), min(cells - 1, cell + 1))
            let bins = Float(bounds[last + 1] - bounds[first])
            let mean = powerSums[first...last].reduce(0, +) / bins
            let flatness =
                FastLogarithm.decibelsPerOctave
                * (logarithmSums[first...last].reduce(0, +) / bins - FastLogarithm.log2(mean))
            let tonality = min(1, max(0, (flatness - Self.noiseFlatness) / (Self.toneFlatness - Self.noiseFlatness)))
            room[cell] = Self.noiseDecibels + tonality * (Self.toneDecibels - Self.noiseDecibels)
        }
    }

    /// The share of the room that a frame may use, smaller before attacks.
    /// - Parameter samples: the frame under its window.
    static func attackShare(_ samples: UnsafeMutableBufferPointer<Float>) -> Float {
        var (before, after): (Float, Float) = (0, 0)
        let half = samples.count / 2
        for index in 0..<half {
            before += samples[index] * samples[index]
            after += samples[index + half] * samples[index + half]
        }
        return after > attackRatio * before ? attackShare : 1
    }
}
