/// An impulse response cut into equal parts, as their spectra.
final class PartitionedKernel {
    /// Frames of a part.
    let partition: Int
    let parts: Int
    let transform: RealFFT
    /// By part, `partition` values each.
    let real: UnsafeMutablePointer<Float>
    let imaginary: UnsafeMutablePointer<Float>

    /// - Parameter impulse: not empty.
    init(_ impulse: [Float]) {
        // About sixteen parts: then the transforms and the products of spectra take about as long as each other.
        let wanted = max(256, min(32_768, impulse.count / 16))
        partition = 1 << (Int.bitWidth - (wanted - 1).leadingZeroBitCount)
        parts = (impulse.count + partition - 1) / partition
        transform = RealFFT(length: 2 * partition)
        real = .allocate(capacity: parts * partition)
        imaginary = .allocate(capacity: parts * partition)
        var padded = [Float](repeating: 0, count: 2 * partition)
        for part in 0..<parts {
            for index in 0..<partition {
                let place = part * partition + index
                padded[index] = place < impulse.count ? impulse[place] : 0
            }
            transform.forward(padded, real: real + part * partition, imaginary: imaginary + part * partition)
        }
    }

    deinit {
        real.deallocate()
        imaginary.deallocate()
    }
}
