import Glibc

/// The discrete Fourier transform of 400 points, eight of them side by side.
///
/// Stockham's self-sorting form with the factors 4, 4, 5, 5 (Swarztrauber, "FFT algorithms for vector computers", Parallel
/// Computing 1, 1984). Every lane of the vectors is a transform of its own, so no step mixes lanes.
struct FourierTransform: Sendable {
    typealias Lanes = SIMD8<Float>

    /// The points of one transform: Whisper's window of 25 ms at 16 kHz.
    static let size = 400
    private static let factors = [4, 4, 5, 5]

    /// exp(-2πi k / 400) for every k.
    private let cosines: [Float]
    private let sines: [Float]

    init() {
        let angles = (0..<Self.size).map { -2 * Double.pi * Double($0) / Double(Self.size) }
        cosines = angles.map { Float(cos($0)) }
        sines = angles.map { Float(sin($0)) }
    }

    /// Transforms in place.
    /// - Parameters:
    ///   - real, imaginary: 400 points each; the result replaces them.
    ///   - scratch: room for 800 vectors.
    func run(
        real: UnsafeMutablePointer<Lanes>, imaginary: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        var source = (real, imaginary)
        var target = (scratch, scratch + Self.size)
        var (length, stride) = (Self.size, 1)
        // An even number of passes: the last one writes to where the points came from.
        for factor in Self.factors {
            if factor == 4 {
                passOfFour(source, target, length: length, stride: stride)
            } else {
                passOfFive(source, target, length: length, stride: stride)
            }
            swap(&source, &target)
            (length, stride) = (length / factor, stride * factor)
        }
    }

    private typealias Points = (real: UnsafeMutablePointer<Lanes>, imaginary: UnsafeMutablePointer<Lanes>)

    @inline(__always)
    private func store(_ real: Lanes, _ imaginary: Lanes, _ target: Points, at index: Int, turn: Int) {
        let (c, s) = (cosines[turn], sines[turn])
        target.real[index] = real * c - imaginary * s
        target.imaginary[index] = real * s + imaginary * c
    }

    private func passOfFour(_ x: Points, _ y: Points, length: Int, stride: Int) {
        let quarter = length / 4
        let step = Self.size / length
        for p in 0..<quarter {
            for q in 0..<stride {
                let (i0, gap) = (q + stride * p, stride * quarter)
                let (i1, i2, i3) = (i0 + gap, i0 + 2 * gap, i0 + 3 * gap)
                let (sum02r, sum02i) = (x.real[i0] + x.real[i2], x.imaginary[i0] + x.imaginary[i2])
                let (dif02r, dif02i) = (x.real[i0] - x.real[i2], x.imaginary[i0] - x.imaginary[i2])
                let (sum13r, sum13i) = (x.real[i1] + x.real[i3], x.imaginary[i1] + x.imaginary[i3])
                let (dif13r, dif13i) = (x.real[i1] - x.real[i3], x.imaginary[i1] - x.imaginary[i3])
                let out = q + stride * 4 * p
                y.real[out] = sum02r + sum13r
                y.imaginary[out] = sum02i + sum13i
                store(dif02r + dif13i, dif02i - dif13r, y, at: out + stride, turn: p * step)
                store(sum02r - sum13r, sum02i - sum13i, y, at: out + 2 * stride, turn: 2 * p * step)
                store(dif02r - dif13i, dif02i + dif13r, y, at: out + 3 * stride, turn: 3 * p * step)
            }
        }
    }

    private func passOfFive(_ x: Points, _ y: Points, length: Int, stride: Int) {
        let fifth = length / 5
        let step = Self.size / length
        // cos and sin of 72° and 144°.
        let (c1, c2): (Float, Float) = (0.309_016_994, -0.809_016_994)
        let (s1, s2): (Float, Float) = (0.951_056_516, 0.587_785_252)
        for p in 0..<fifth {
            for q in 0..<stride {
                let (i0, gap) = (q + stride * p, stride * fifth)
                let (i1, i2, i3, i4) = (i0 + gap, i0 + 2 * gap, i0 + 3 * gap, i0 + 4 * gap)
                let (r0, m0) = (x.real[i0], x.imaginary[i0])
                let (sum14r, sum14i) = (x.real[i1] + x.real[i4], x.imaginary[i1] + x.imaginary[i4])
                let (dif14r, dif14i) = (x.real[i1] - x.real[i4], x.imaginary[i1] - x.imaginary[i4])
                let (sum23r, sum23i) = (x.real[i2] + x.real[i3], x.imaginary[i2] + x.imaginary[i3])
                let (dif23r, dif23i) = (x.real[i2] - x.real[i3], x.imaginary[i2] - x.imaginary[i3])
                let (a1r, a1i) = (r0 + c1 * sum14r + c2 * sum23r, m0 + c1 * sum14i + c2 * sum23i)
                let (a2r, a2i) = (r0 + c2 * sum14r + c1 * sum23r, m0 + c2 * sum14i + c1 * sum23i)
                let (b1r, b1i) = (s1 * dif14r + s2 * dif23r, s1 * dif14i + s2 * dif23i)
                let (b2r, b2i) = (s2 * dif14r - s1 * dif23r, s2 * dif14i - s1 * dif23i)
                let out = q + stride * 5 * p
                y.real[out] = r0 + sum14r + sum23r
                y.imaginary[out] = m0 + sum14i + sum23i
                store(a1r + b1i, a1i - b1r, y, at: out + stride, turn: p * step)
                store(a2r + b2i, a2i - b2r, y, at: out + 2 * stride, turn: 2 * p * step)
                store(a2r - b2i, a2i + b2r, y, at: out + 3 * stride, turn: 3 * p * step)
                store(a1r - b1i, a1i + b1r, y, at: out + 4 * stride, turn: 4 * p * step)
            }
        }
    }
}
