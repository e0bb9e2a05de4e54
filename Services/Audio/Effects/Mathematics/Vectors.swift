import Primitives

extension UnsafeMutablePointer<Float> {
    /// Replaces samples by a function of them, eight at a time; the memory must have room for whole eights.
    @inline(__always)
    func map(_ count: Int, _ body: (SIMD8<Float>) -> SIMD8<Float>) {
        var index = 0
        while index < count {
            store(body(vector(index)), index)
            index += 8
        }
    }

    /// Multiplies samples by others.
    @inline(__always)
    func multiply(by factors: UnsafeMutablePointer<Float>, count: Int) {
        var index = 0
        while index + 8 <= count {
            store(vector(index) * factors.vector(index), index)
            index += 8
        }
        while index < count {
            self[index] *= factors[index]
            index += 1
        }
    }
}

extension SIMD8<Float> {
    @inline(__always)
    var magnitude: SIMD8<Float> {
        unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF, to: SIMD8<Float>.self)
    }

    @inline(__always)
    func atLeast(_ other: SIMD8<Float>) -> SIMD8<Float> { replacing(with: other, where: self .< other) }

    @inline(__always)
    func atMost(_ other: SIMD8<Float>) -> SIMD8<Float> { replacing(with: other, where: self .> other) }
}
