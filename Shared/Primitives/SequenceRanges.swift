/// Which sequence numbers of a stream have been seen, as ranges in ascending order that neither touch nor overlap: usually one.
package struct SequenceRanges: Sendable, Hashable {
    package private(set) var ranges: [ClosedRange<UInt64>]

    /// - Parameter ranges: in ascending order, with at least one number between them.
    package init(_ ranges: [ClosedRange<UInt64>] = []) {
        self.ranges = ranges
    }

    /// - Parameter text: as `text` has it; what is no range is left out.
    package init(_ text: String) {
        ranges = text.split(separator: ",").compactMap { part in
            let ends = part.split(separator: "-").compactMap { UInt64($0) }
            return ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
        }
    }

    /// The ranges as "1-5,9-9".
    package var text: String { ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",") }

    /// Notes a number.
    /// - Returns: false when it has been seen before.
    package mutating func insert(_ sequence: UInt64) -> Bool {
        // Nearly always right behind the last.
        let next = ranges.lastIndex { $0.lowerBound <= sequence }.map { $0 + 1 } ?? 0
        if next > 0, ranges[next - 1].contains(sequence) { return false }
        let joinsBefore = next > 0 && ranges[next - 1].upperBound + 1 == sequence
        let joinsAfter = next < ranges.count && ranges[next].lowerBound == sequence + 1
        switch (joinsBefore, joinsAfter) {
        case (true, true):
            ranges[next - 1] = ranges[next - 1].lowerBound...ranges[next].upperBound
            ranges.remove(at: next)
        case (true, false): ranges[next - 1] = ranges[next - 1].lowerBound...sequence
        case (false, true): ranges[next] = sequence...ranges[next].upperBound
        case (false, false): ranges.insert(sequence...sequence, at: next)
        }
        return true
    }
}
