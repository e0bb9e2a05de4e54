import Primitives

extension UnsafeMutablePointer<Float> {
    /// Adds samples times a factor that moves in equal steps.
    @inline(__always)
    package func add(_ samples: UnsafePointer<Float>, rampFrom first: Float, step: Float, count: Int) {
        let offsets = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7) * step
        var index = 0
        while index + 8 <= count {
            store(vector(index) + samples.vector(index) * (offsets + (first + Float(index) * step)), index)
            index += 8
        }
        while index < count {
            self[index] += samples[index] * (first + Float(index) * step)
            index += 1
        }
    }
}

extension UnsafeBufferPointer<Float> {
    /// The sum of the squares; not finite when a sample is not.
    package var squareSum: Float {
        guard let samples = baseAddress else { return 0 }
        var sums = SIMD8<Float>.zero
        var index = 0
        while index + 8 <= count {
            let vector = samples.vector(index)
            sums += vector * vector
            index += 8
        }
        var sum = sums.sum()
        while index < count {
            sum += samples[index] * samples[index]
            index += 1
        }
        return sum
    }
}
