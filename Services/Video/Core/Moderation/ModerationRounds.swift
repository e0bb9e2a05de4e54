/// What is asked together: rounds of calls that are under way at once, each with a few items of one source.
struct ModerationRounds {
    /// Bytes of the items of a round. A job holds them up to three times, as they are and in the two forms that they are sent in.
    static let mostBytes = 8 << 20

    private(set) var rounds: [[[ModerationItem]]] = []

    /// - Parameters:
    ///   - items: in any order; those of one source stay in theirs.
    ///   - itemsPerCall: at most; fewer where they are large.
    ///   - callsAtOnce: the same of calls.
    init(_ items: [ModerationItem], itemsPerCall: Int, callsAtOnce: Int) {
        var (calls, callBytes) = ([[ModerationItem]](), [Int]())
        for source in ModerationItem.Source.allCases {
            var isOpen = false
            for item in items where item.source == source {
                let bytes = item.bytes
                if isOpen, calls[calls.count - 1].count < itemsPerCall, callBytes[calls.count - 1] + bytes <= Self.mostBytes {
                    calls[calls.count - 1].append(item)
                    callBytes[calls.count - 1] += bytes
                } else {
                    calls.append([item])
                    callBytes.append(bytes)
                }
                isOpen = true
            }
        }
        var held = 0
        for (call, bytes) in zip(calls, callBytes) {
            if let last = rounds.last, last.count < callsAtOnce, held + bytes <= Self.mostBytes {
                rounds[rounds.count - 1].append(call)
                held += bytes
            } else {
                rounds.append([call])
                held = bytes
            }
        }
    }
}
