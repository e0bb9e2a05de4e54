/// Samples eight at a time. Vectors are loaded and stored without regard to alignment. Inlined into other modules: these are the
/// inner loops of effects and edits.
extension UnsafePointer<Float> {
    /// The eight samples from an index on.
    @inlinable
    @inline(__always)
    package func vector(_ index: Int) -> SIMD8<Float> {
        UnsafeRawPointer(self + index).loadUnaligned(as: SIMD8<Float>.self)
    }
}

extension UnsafeMutablePointer<Float> {
    /// The eight samples from an index on.
    @inlinable
    @inline(__always)
    package func vector(_ index: Int) -> SIMD8<Float> {
        UnsafeRawPointer(self + index).loadUnaligned(as: SIMD8<Float>.self)
    }

    /// Writes the eight samples from an index on.
    @inlinable
    @inline(__always)
    package func store(_ vector: SIMD8<Float>, _ index: Int) {
        UnsafeMutableRawPointer(self + index).storeBytes(of: vector, as: SIMD8<Float>.self)
    }

    /// Multiplies samples by a factor that moves in equal steps.
    /// - Parameters:
    ///   - first: the factor of the first sample.
    ///   - step: what it grows by from one sample to the next; 0 for a constant factor.
    ///   - count: samples.
    @inlinable
    @inline(__always)
    package func multiply(by first: Float, step: Float, count: Int) {
        let offsets = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7) * step
        var index = 0
        while index + 8 <= count {
            store(vector(index) * (offsets + (first + Float(index) * step)), index)
            index += 8
        }
        while index < count {
            self[index] *= first + Float(index) * step
            index += 1
        }
    }
}
