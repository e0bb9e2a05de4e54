import Glibc

/// Splits a spectrum without a network: what sounds on (harmonic) from what strikes (percussive), by medians along time and along
/// frequency (FitzGerald, "Harmonic/percussive separation using median filtering", DAFx 2010), and the low from the rest.
struct HarmonicPercussiveMasks {
    /// Frames and bins of the medians: 0.4 s and 180 Hz at 44.1 kHz.
    private static let span = 17
    /// The highest fundamentals of a bass, Hz.
    private static let bassLimit = 250.0

    let drums: [Float]
    let bass: [Float]

    /// - Parameters:
    ///   - magnitudes: by frame and bin.
    ///   - bins: of a frame.
    ///   - sampleRate: Hz.
    init(_ magnitudes: [Float], bins: Int, sampleRate: Double) {
        let frames = magnitudes.count / bins
        var (drums, bass) = ([Float](repeating: 0, count: magnitudes.count), [Float](repeating: 0, count: magnitudes.count))
        let edge = Self.bassLimit * Double(2 * (bins - 1)) / sampleRate
        var values = [Float](repeating: 0, count: Self.span)
        let half = Self.span / 2
        for frame in 0..<frames {
            for bin in 0..<bins {
                for step in -half...half {
                    values[step + half] = magnitudes[min(frames - 1, max(0, frame + step)) * bins + bin]
                }
                let sounding = Self.median(&values)
                for step in -half...half {
                    values[step + half] = magnitudes[frame * bins + min(bins - 1, max(0, bin + step))]
                }
                let striking = Self.median(&values)
                let total = sounding * sounding + striking * striking
                guard total > 0 else { continue }
                let share = striking * striking / total
                // A soft edge of a third of an octave either way.
                let low = Float(1 / (1 + pow(max(1, Double(bin)) / edge, 12)))
                drums[frame * bins + bin] = share
                bass[frame * bins + bin] = (1 - share) * low
            }
        }
        (self.drums, self.bass) = (drums, bass)
    }

    private static func median(_ values: inout [Float]) -> Float {
        // Insertion sort: the fastest for so few.
        values.withUnsafeMutableBufferPointer { values in
            for index in 1..<values.count {
                let value = values[index]
                var place = index
                while place > 0 && values[place - 1] > value {
                    values[place] = values[place - 1]
                    place -= 1
                }
                values[place] = value
            }
            return values[values.count / 2]
        }
    }
}
