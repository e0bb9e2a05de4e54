import Glibc

/// What tells speech, music and noise apart over two seconds.
struct WindowFeatures: Sendable {
    /// How many there are.
    static let count = 8

    /// 0: mean probability of speech by the detector, in the middle half.
    /// 1: share of the frames in which it is more likely than not.
    /// 2: continuous frequency activation: how steady the tones are.
    /// 3: share of frames with less than half of the mean amplitude (Saunders 1996; Scheirer and Slaney 1997).
    /// 4: modulation of the bands at the rate of syllables, 3 to 6 Hz (Scheirer and Slaney 1997, after T. Houtgast and
    ///    H. Steeneken, Journal of the ASA 77 (3), 1985).
    /// 5: deviation of the zero crossings.
    /// 6: mean flux.
    /// 7: mean flatness, as its logarithm.
    let values: [Float]
    /// Mean square.
    let energy: Float

    /// Frames of a window: 2.05 s.
    static let frames = 64

    /// - Parameters:
    ///   - frames: at least one.
    ///   - speech: the probability of speech in each.
    init(_ frames: ArraySlice<FrameFeatures>, speech: ArraySlice<Float>) {
        // Silence beside the sound says nothing of its kind, but would make noise seem as steady as a tone.
        let loudest = frames.reduce(0) { max($0, $1.energy) }
        let frames = frames.trimming(while: { $0.energy < loudest * 1e-4 })
        let count = Float(frames.count)
        func mean(_ value: (FrameFeatures) -> Float) -> Float { frames.reduce(0) { $0 + value($1) } / count }
        energy = mean(\.energy)
        let amplitude = mean { $0.energy.squareRoot() }
        let crossings = mean(\.zeroCrossings)
        let variance = mean { ($0.zeroCrossings - crossings) * ($0.zeroCrossings - crossings) }
        // The detector needs no two seconds to be sure, and a shorter look finds the place of a change better.
        let speech = speech.dropFirst(speech.count / 4).dropLast(speech.count / 4)
        let listened = Float(max(1, speech.count))
        values = [
            speech.reduce(0, +) / listened, Float(speech.count { $0 >= 0.5 }) / listened, Self.activation(frames),
            mean { $0.energy.squareRoot() < amplitude / 2 ? 1 : 0 }, Self.modulation(frames), variance.squareRoot() * 10,
            mean(\.flux), logf(mean(\.flatness) + 1e-6) / 4,
        ]
    }

    /// How steady the tones of music are: the share of the time in which each bin stands out from its neighbours, and how far the
    /// steadiest bins stand out from those around in that share.
    ///
    /// Source: K. Seyerlehner, T. Pohle, M. Schedl, G. Widmer, "Automatic music detection in television productions", DAFx 2007.
    private static func activation(_ frames: ArraySlice<FrameFeatures>) -> Float {
        let bins = FrameAnalyzer.bins.count
        var shares = [Float](repeating: 0, count: bins)
        for frame in frames {
            frame.prominent.withUnsafeBufferPointer { flags in
                for bin in 0..<bins where flags[bin] { shares[bin] += 1 }
            }
        }
        // The height of each peak over the valley before it, the five highest summed.
        var heights: [Float] = []
        var (valley, peak) = (shares[0], shares[0])
        for share in shares.dropFirst() + [0] {
            if share >= peak {
                peak = share
            } else {
                if peak > valley { heights.append(peak - valley) }
                (valley, peak) = (share, share)
            }
        }
        heights.sort(by: >)
        // Chance makes peaks in the shares of noise that grow as the inverse of the root of the number of frames.
        let chance = (Float(frames.count) / Float(Self.frames)).squareRoot()
        return chance * heights.prefix(5).reduce(0, +) / Float(5 * frames.count)
    }

    /// The power of the bands' amplitudes between 3 and 6 Hz over the square of their means.
    private static func modulation(_ frames: ArraySlice<FrameFeatures>) -> Float {
        let count = frames.count
        let means = frames.reduce(SIMD8<Float>.zero) { $0 + $1.bands } / Float(count)
        // A band that is all but empty counts for little: a click would fill it.
        let mean = means + 0.1 * means.max() + 1e-9
        // At 31.25 frames a second and 64 frames a bin is 0.49 Hz wide.
        var power = SIMD8<Float>.zero
        for bin in 6...12 {
            var (real, imaginary) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
            for (index, frame) in frames.enumerated() {
                let angle = 2 * Float.pi * Float(bin * index) / Float(Self.frames)
                real += frame.bands * cosf(angle)
                imaginary += frame.bands * sinf(angle)
            }
            power += real * real + imaginary * imaginary
        }
        return (power / (mean * mean * Float(count * count))).sum().squareRoot()
    }
}

extension ArraySlice {
    /// The elements without those at either end that a condition holds for.
    fileprivate func trimming(while condition: (Element) -> Bool) -> ArraySlice {
        guard let first = firstIndex(where: { !condition($0) }), let last = lastIndex(where: { !condition($0) }) else {
            return self
        }
        return self[first...last]
    }
}
