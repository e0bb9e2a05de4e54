/// Takes noise out of one channel of speech, block by block.
protocol NoiseFilter {
    /// Samples that go in and come out at once.
    var blockLength: Int { get }
    /// Samples by which the output lags behind the input.
    var delay: Int { get }

    /// - Parameters:
    ///   - input: `blockLength` samples.
    ///   - output: takes as many.
    func process(_ input: UnsafeMutablePointer<Float>, _ output: UnsafeMutablePointer<Float>) throws
}

/// Runs a filter over blocks of any size and gives back exactly as many samples, in their places.
final class AlignedFilter {
    private let filter: any NoiseFilter
    private var waiting: [Float] = []
    private var output: [Float] = []
    private var toSkip: Int
    private var (taken, given) = (0, 0)

    init(_ filter: any NoiseFilter) {
        self.filter = filter
        toSkip = filter.delay
        output = Array(repeating: 0, count: filter.blockLength)
    }

    /// - Returns: what has become ready.
    func push(_ samples: UnsafeBufferPointer<Float>) throws -> [Float] {
        taken += samples.count
        waiting += samples
        return try drain()
    }

    /// - Returns: the rest.
    func finish() throws -> [Float] {
        var rest: [Float] = []
        while given < taken {
            let length = filter.blockLength
            waiting += repeatElement(0, count: length - waiting.count % length)
            rest += try drain()
        }
        return rest
    }

    private func drain() throws -> [Float] {
        let length = filter.blockLength
        let blocks = waiting.count / length
        var ready: [Float] = []
        ready.reserveCapacity(blocks * length)
        try waiting.withUnsafeMutableBufferPointer { waiting in
            for block in 0..<blocks {
                try output.withUnsafeMutableBufferPointer { output in
                    try filter.process(waiting.baseAddress! + block * length, output.baseAddress!)
                }
                let skipped = min(toSkip, length)
                toSkip -= skipped
                let count = min(length - skipped, taken - given)
                ready += output[skipped..<skipped + count]
                given += count
            }
        }
        waiting.removeFirst(blocks * length)
        return ready
    }
}
