import Glibc
import Primitives

/// The discrete Fourier transform of real signals whose length is a power of two.
///
/// A complex transform of half the length does the work; its stages are those of Stockham's algorithm (radix 2, no bit
/// reversal), with real and imaginary parts in arrays of their own so that eight butterflies run at a time.
/// Source: W. T. Cochran et al., "What is the fast Fourier transform?", Proc. IEEE 55 (10), 1967.
final class RealFFT {
    let length: Int
    private let half: Int
    private let cosines: UnsafeMutablePointer<Float>
    private let sines: UnsafeMutablePointer<Float>
    private let memory: UnsafeMutablePointer<Float>

    /// - Parameter length: a power of two, at least 32.
    init(length: Int) {
        precondition(length >= 32 && length.nonzeroBitCount == 1, "the length must be a power of two")
        self.length = length
        half = length / 2
        // e^(-2 pi i k / length) for k up to half the length.
        cosines = .allocate(capacity: half)
        sines = .allocate(capacity: half)
        for k in 0..<half {
            (cosines + k).initialize(to: Float(cos(2 * .pi * Double(k) / Double(length))))
            (sines + k).initialize(to: Float(-sin(2 * .pi * Double(k) / Double(length))))
        }
        memory = .allocate(capacity: 4 * half)
        memory.initialize(repeating: 0, count: 4 * half)
    }

    deinit {
        cosines.deallocate()
        sines.deallocate()
        memory.deallocate()
    }

    /// The spectrum of a signal.
    /// - Parameters:
    ///   - signal: `length` samples.
    ///   - real: `length / 2` values; the first is that of frequency 0.
    ///   - imaginary: as many; the first is the real value of the highest frequency.
    func forward(
        _ signal: UnsafePointer<Float>, real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>
    ) {
        let (re, im) = (memory, memory + half)
        for index in 0..<half { (re[index], im[index]) = (signal[2 * index], signal[2 * index + 1]) }
        let (zr, zi) = transform()
        real[0] = zr[0] + zi[0]
        imaginary[0] = zr[0] - zi[0]
        for k in 1..<half {
            // The even part's spectrum and the odd part's, turned by its half-sample offset.
            let (evenR, evenI) = ((zr[k] + zr[half - k]) * 0.5, (zi[k] - zi[half - k]) * 0.5)
            let (oddR, oddI) = ((zi[k] + zi[half - k]) * 0.5, (zr[half - k] - zr[k]) * 0.5)
            let (c, s) = (cosines[k], sines[k])
            real[k] = evenR + oddR * c - oddI * s
            imaginary[k] = evenI + oddR * s + oddI * c
        }
    }

    /// The signal of a spectrum.
    /// - Parameter signal: `length` samples.
    func inverse(
        real: UnsafePointer<Float>, imaginary: UnsafePointer<Float>, _ signal: UnsafeMutablePointer<Float>
    ) {
        // The inverse is the forward transform with real and imaginary parts exchanged.
        let (im, re) = (memory, memory + half)
        (re[0], im[0]) = ((real[0] + imaginary[0]) * 0.5, (real[0] - imaginary[0]) * 0.5)
        for k in 1..<half {
            let (evenR, evenI) = ((real[k] + real[half - k]) * 0.5, (imaginary[k] - imaginary[half - k]) * 0.5)
            let (turnedR, turnedI) = ((real[k] - real[half - k]) * 0.5, (imaginary[k] + imaginary[half - k]) * 0.5)
            let (c, s) = (cosines[k], sines[k])
            let (oddR, oddI) = (turnedR * c + turnedI * s, turnedI * c - turnedR * s)
            re[k] = evenR - oddI
            im[k] = evenI + oddR
        }
        let (zi, zr) = transform()
        let scale = 1 / Float(half)
        for index in 0..<half {
            signal[2 * index] = zr[index] * scale
            signal[2 * index + 1] = zi[index] * scale
        }
    }

    /// Transforms what is in the first half of the memory.
    /// - Returns: where the result is.
    private func transform() -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
        var (source, target) = (memory, memory + 2 * half)
        // Of `groups` interleaved transforms of length `count`.
        var (count, groups) = (half, 1)
        while count > 1 {
            let step = groups >= 8 ? wideStep : narrowStep
            step(source, target, count / 2, groups)
            swap(&source, &target)
            count /= 2
            groups *= 2
        }
        return (source, source + half)
    }

    private func narrowStep(_ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ m: Int, _ groups: Int) {
        let (xr, xi, yr, yi) = (x, x + half, y, y + half)
        for p in 0..<m {
            let (c, s) = (cosines[p * length / (2 * m)], sines[p * length / (2 * m)])
            for q in 0..<groups {
                let (a, b) = (q + groups * p, q + groups * (p + m))
                let (dr, di) = (xr[a] - xr[b], xi[a] - xi[b])
                let to = q + groups * 2 * p
                (yr[to], yi[to]) = (xr[a] + xr[b], xi[a] + xi[b])
                (yr[to + groups], yi[to + groups]) = (dr * c - di * s, dr * s + di * c)
            }
        }
    }

    private func wideStep(_ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ m: Int, _ groups: Int) {
        let (xr, xi, yr, yi) = (x, x + half, y, y + half)
        for p in 0..<m {
            let (c, s) = (cosines[p * length / (2 * m)], sines[p * length / (2 * m)])
            var q = 0
            while q < groups {
                let (a, b) = (q + groups * p, q + groups * (p + m))
                let (ar, ai, br, bi) = (xr.vector(a), xi.vector(a), xr.vector(b), xi.vector(b))
                let (dr, di) = (ar - br, ai - bi)
                let to = q + groups * 2 * p
                yr.store(ar + br, to)
                yi.store(ai + bi, to)
                yr.store(dr * c - di * s, to + groups)
                yi.store(dr * s + di * c, to + groups)
                q += 8
            }
        }
    }
}
