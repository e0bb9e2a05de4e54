/// The gains of a limiter over a whole programme: one at each block boundary, linear in between.
package struct LimiterCurve: Sendable {
    /// Frames between two gains.
    package let blockFrames: Int
    /// From 0 to 1, one more than there are blocks; exactly 1 where the limiter does nothing.
    package let gains: [Float]

    /// The smallest gain.
    package var deepest: Float { gains.min() ?? 1 }

    /// The part of the programme, from 0 to 1, in which the limiter does something.
    package var engaged: Double {
        guard !gains.isEmpty else { return 0 }
        return Double(gains.count { $0 < 1 }) / Double(gains.count)
    }

    /// The mean of the squared gain over a block, for a linear course between its ends.
    func meanSquare(_ block: Int) -> Double {
        let (a, b) = (Double(gains[block]), Double(gains[block + 1]))
        return (a * a + a * b + b * b) / 3
    }
}
