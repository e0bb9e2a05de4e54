import Primitives

/// Convolves one channel with a long impulse response by overlap-save with a uniform partition of the response.
///
/// The spectra of the last blocks are kept and each is multiplied with the part of the response that it meets.
/// Source: F. Wefers, "Partitioned convolution algorithms for real-time auralization", 2015, chapter 5. The output is one
/// part of the response late.
final class PartitionedConvolver {
    private let kernel: PartitionedKernel
    /// The last two blocks of the input.
    private let input: UnsafeMutablePointer<Float>
    private let output: UnsafeMutablePointer<Float>
    /// Spectra of the last blocks of the input, as a ring, and their sum of products behind them.
    private let real: UnsafeMutablePointer<Float>
    private let imaginary: UnsafeMutablePointer<Float>
    private var filled = 0
    private var newest = 0

    init(_ kernel: PartitionedKernel) {
        self.kernel = kernel
        func silence(_ count: Int) -> UnsafeMutablePointer<Float> {
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: count)
            memory.initialize(repeating: 0, count: count)
            return memory
        }
        input = silence(2 * kernel.partition)
        output = silence(2 * kernel.partition)
        real = silence((kernel.parts + 1) * kernel.partition)
        imaginary = silence((kernel.parts + 1) * kernel.partition)
    }

    deinit {
        for memory in [input, output, real, imaginary] { memory.deallocate() }
    }

    /// Replaces samples by the convolution, one partition late.
    func process(_ samples: UnsafeMutableBufferPointer<Float>) {
        let partition = kernel.partition
        var done = 0
        while done < samples.count {
            let count = min(samples.count - done, partition - filled)
            let place = samples.baseAddress! + done
            (input + partition + filled).update(from: place, count: count)
            // The second half of the transform's output is free of wrapping around.
            place.update(from: output + partition + filled, count: count)
            filled += count
            done += count
            if filled == partition {
                transformBlock()
                filled = 0
            }
        }
    }

    private func transformBlock() {
        let (partition, parts) = (kernel.partition, kernel.parts)
        newest = (newest + 1) % parts
        kernel.transform.forward(input, real: real + newest * partition, imaginary: imaginary + newest * partition)
        let (sumReal, sumImaginary) = (real + parts * partition, imaginary + parts * partition)
        sumReal.update(repeating: 0, count: partition)
        sumImaginary.update(repeating: 0, count: partition)
        var (first, last): (Float, Float) = (0, 0)
        for part in 0..<parts {
            let block = (newest - part + parts) % parts * partition
            let (xr, xi) = (real + block, imaginary + block)
            let (hr, hi) = (kernel.real + part * partition, kernel.imaginary + part * partition)
            // The two real values that share the first place.
            first += xr[0] * hr[0]
            last += xi[0] * hi[0]
            var index = 0
            while index < partition {
                let (a, b, c, d) = (xr.vector(index), xi.vector(index), hr.vector(index), hi.vector(index))
                sumReal.store(sumReal.vector(index) + a * c - b * d, index)
                sumImaginary.store(sumImaginary.vector(index) + a * d + b * c, index)
                index += 8
            }
        }
        (sumReal[0], sumImaginary[0]) = (first, last)
        kernel.transform.inverse(real: sumReal, imaginary: sumImaginary, output)
        input.update(from: input + partition, count: partition)
    }
}
