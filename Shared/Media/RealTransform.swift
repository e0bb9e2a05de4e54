import CLibAV

/// A discrete Fourier transform of real samples and its inverse (libavutil's av_tx), with the two buffers it works on.
///
/// One user at a time: the transform reads and writes `samples` and `spectrum` in place of taking arguments, so that the
/// aligned memory which the vector code wants is allocated once.
package final class RealTransform {
    /// Samples of a frame: a power of two, or 3, 5 or 15 times one; from 16 to 65,536.
    package let length: Int
    /// What `forward` reads and `inverse` writes: `length` floats.
    package let samples: UnsafeMutableBufferPointer<Float>
    /// What `forward` writes and `inverse` reads, and then overwrites: `length / 2 + 1` pairs of real and imaginary part.
    package let spectrum: UnsafeMutableBufferPointer<SIMD2<Float>>

    private var forwardContext: OpaquePointer?
    private var inverseContext: OpaquePointer?
    private var forwardFunction: av_tx_fn?
    private var inverseFunction: av_tx_fn?

    /// - Parameter length: samples of a frame: a power of two, or 3, 5 or 15 times one of at least 16; from 16 to 65,536.
    /// - Throws: `MediaError.outOfMemory`, and `.unsupported` for another length.
    package init(length: Int) throws(MediaError) {
        self.length = length
        let isPossible =
            (16...65_536).contains(length)
            && [1, 3, 5, 15].contains { length.isMultiple(of: 16 * $0) && (length / $0).nonzeroBitCount == 1 }
        // The vector code wants the alignment of AVX-512 registers; room for one vector more, which it may touch.
        samples = Self.allocate(Float.self, isPossible ? length + 16 : 16, count: isPossible ? length : 0)
        spectrum = Self.allocate(SIMD2<Float>.self, isPossible ? length / 2 + 9 : 9, count: isPossible ? length / 2 + 1 : 0)
        guard isPossible else { throw .unsupported("a Fourier transform of \(length) samples") }
        var one: Float = 1
        var scale = 1 / Float(length)
        guard
            av_tx_init(&forwardContext, &forwardFunction, AV_TX_FLOAT_RDFT, 0, Int32(length), &one, 0) >= 0,
            av_tx_init(&inverseContext, &inverseFunction, AV_TX_FLOAT_RDFT, 1, Int32(length), &scale, 0) >= 0
        else { throw .outOfMemory }
    }

    deinit {
        av_tx_uninit(&forwardContext)
        av_tx_uninit(&inverseContext)
        samples.baseAddress?.deallocate()
        spectrum.baseAddress?.deallocate()
    }

    /// The spectrum of `samples`, not scaled: a full-scale cosine at a bin's centre gives `length / 2` there.
    package func forward() {
        forwardFunction?(forwardContext, spectrum.baseAddress, samples.baseAddress, MemoryLayout<Float>.stride)
    }

    /// The samples of `spectrum`, scaled so that `forward` and then `inverse` give back what was there. Overwrites `spectrum`.
    package func inverse() {
        inverseFunction?(inverseContext, samples.baseAddress, spectrum.baseAddress, MemoryLayout<SIMD2<Float>>.stride)
    }

    private static func allocate<Element>(_: Element.Type, _ capacity: Int, count: Int) -> UnsafeMutableBufferPointer<Element> {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * MemoryLayout<Element>.stride)
        return UnsafeMutableBufferPointer(start: memory.bindMemory(to: Element.self, capacity: capacity), count: count)
    }
}
