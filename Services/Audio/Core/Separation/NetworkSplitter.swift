/// Splits audio with a network that works on stretches: they overlap by a quarter and are faded into each other, so that hours need
/// no more memory than seconds.
final class NetworkSplitter: StemSplitter {
    private static let channels = 2
    private let network: any StemNetwork
    /// Where each stem but the last comes from: an output of the network, or the mix without it.
    private let sources: [Source]
    private let overlap: Int
    /// Of each sample of a stretch: rising over the first overlap, falling over the last.
    private let weights: [Float]
    /// The mix from the present stretch's first sample on.
    private var input = [[Float]](repeating: [], count: channels)
    /// What is not complete yet, weighted: by stem and channel; and its weights.
    private var tails: [[[Float]]]
    private var tailWeights: [Float]
    /// Samples of each channel that have come in and gone out.
    private var (taken, given) = (0, 0)

    /// How a stem is made of the network's output with a number.
    enum Source {
        case output(Int)
        case rest(Int)
    }

    /// - Parameter sources: of all stems but the last, which is the mix without them.
    init(_ network: any StemNetwork, _ sources: [Source]) {
        (self.network, self.sources) = (network, sources)
        let (segment, overlap) = (network.segment, network.segment / 4)
        self.overlap = overlap
        weights = (0..<segment).map { Float(min($0 + 1, segment - $0, overlap)) / Float(overlap) }
        tails = Array(
            repeating: Array(repeating: Array(repeating: 0, count: overlap), count: Self.channels), count: sources.count)
        tailWeights = Array(repeating: 0, count: overlap)
    }

    func push(_ planes: [UnsafeBufferPointer<Float>], _ emit: ([[[Float]]]) throws -> Void) throws {
        for channel in 0..<Self.channels { input[channel] += planes[channel] }
        taken += planes.first?.count ?? 0
        while input[0].count >= network.segment { try emit(try nextStretch()) }
    }

    func finish(_ emit: ([[[Float]]]) throws -> Void) throws {
        while given < taken {
            let missing = max(0, network.segment - input[0].count)
            for channel in 0..<Self.channels { input[channel] += repeatElement(0, count: missing) }
            try emit(try nextStretch())
        }
    }

    private func nextStretch() throws -> [[[Float]]] {
        let (segment, step) = (network.segment, network.segment - overlap)
        let found = try network(input.map { $0[..<segment] })
        let count = min(step, taken - given)
        var total = weights
        for index in 0..<overlap { total[index] += tailWeights[index] }
        var output: [[[Float]]] = []
        for (stem, source) in sources.enumerated() {
            output.append(
                (0..<Self.channels).map { channel in
                    var sum =
                        switch source {
                        case .output(let number): found[number][channel]
                        case .rest(let number): zip(input[channel], found[number][channel]).map { $0 - $1 }
                        }
                    for index in 0..<segment { sum[index] *= weights[index] }
                    for index in 0..<overlap { sum[index] += tails[stem][channel][index] }
                    tails[stem][channel] = Array(sum[step...])
                    return (0..<count).map { sum[$0] / total[$0] }
                })
        }
        tailWeights = Array(weights[step...])
        var rest = input.map { Array($0[..<count]) }
        for stem in output {
            for channel in 0..<Self.channels {
                for index in 0..<count { rest[channel][index] -= stem[channel][index] }
            }
        }
        output.append(rest)
        for channel in 0..<Self.channels { input[channel].removeFirst(step) }
        given += count
        return output
    }
}
