/// The error correction: a convolutional code of constraint length 9 and rate 1/4, ended by eight zeros, decoded softly.
///
/// The generators 463, 535, 733, 745 (octal) have the free distance 24, the largest of their kind (Larsen, "Short convolutional
/// codes with maximal free distance for rates 1/2, 1/3, and 1/4", IEEE Trans. Information Theory 19(3), 1973).
enum ConvolutionalCode {
    static let rate = 4
    static let memory = 8
    private static let states = 1 << memory
    private static let generators: [UInt32] = [0o463, 0o535, 0o733, 0o745]

    /// Symbols of a message.
    static func symbolCount(bits: Int) -> Int { (bits + memory) * rate }

    /// For each register of nine bits, the four output bits.
    private static let outputs: [UInt8] = (0..<UInt32(states * 2)).map { register in
        generators.reduce(0) { $0 << 1 | UInt8(($1 & register).nonzeroBitCount & 1) }
    }

    /// - Parameter bits: the message.
    /// - Returns: a symbol for each output bit, +1 for one and -1 for zero.
    static func encode(_ bits: [Bool]) -> [Float] {
        var register: UInt32 = 0
        var symbols: [Float] = []
        symbols.reserveCapacity(symbolCount(bits: bits.count))
        for bit in bits + Array(repeating: false, count: memory) {
            register = (register << 1 | (bit ? 1 : 0)) & UInt32(states * 2 - 1)
            for shift in stride(from: rate - 1, through: 0, by: -1) {
                symbols.append(outputs[Int(register)] >> UInt8(shift) & 1 == 1 ? 1 : -1)
            }
        }
        return symbols
    }

    /// The message whose symbols correlate most with what was received (Viterbi, IEEE Trans. Information Theory 13(2), 1967).
    /// - Parameter symbols: soft values, of positive sign for one; as many as `symbolCount` tells for a message.
    /// - Returns: the message.
    static func decode(_ symbols: [Float]) -> [Bool] {
        let steps = symbols.count / rate
        var scores = [Float](repeating: -.infinity, count: states)
        scores[0] = 0
        var next = scores
        var decisions = [UInt8](repeating: 0, count: steps * states)
        var branch = [Float](repeating: 0, count: 1 << rate)
        for step in 0..<steps {
            for output in 0..<branch.count {
                branch[output] = (0..<rate).reduce(0) { sum, index in
                    let symbol = symbols[step * rate + index]
                    return output >> (rate - 1 - index) & 1 == 1 ? sum + symbol : sum - symbol
                }
            }
            extend(scores, into: &next, by: branch, &decisions, at: step * states)
            swap(&scores, &next)
        }
        var state = 0
        var bits = [Bool](repeating: false, count: steps)
        for step in stride(from: steps - 1, through: 0, by: -1) {
            bits[step] = state & 1 == 1
            state = state >> 1 | Int(decisions[step * states + state]) << (memory - 1)
        }
        return Array(bits.dropLast(memory))
    }

    /// One step of all paths: the better of the two predecessors of each state survives.
    private static func extend(
        _ scores: [Float], into next: inout [Float], by branch: [Float], _ decisions: inout [UInt8], at row: Int
    ) {
        scores.withUnsafeBufferPointer { scores in
            outputs.withUnsafeBufferPointer { outputs in
                branch.withUnsafeBufferPointer { branch in
                    for state in 0..<states {
                        // The register is the oldest bit and then the state: the oldest bit tells the predecessors apart.
                        let zero = scores[state >> 1] + branch[Int(outputs[state])]
                        let one = scores[state >> 1 | states / 2] + branch[Int(outputs[state | states])]
                        next[state] = max(zero, one)
                        decisions[row + state] = one > zero ? 1 : 0
                    }
                }
            }
        }
    }
}
