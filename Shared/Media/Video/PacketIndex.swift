import CLibAV

/// The packets of a video in the order in which they are decoded, and what of them can be copied as it is.
struct PacketIndex {
    /// When each packet's frame is shown, in the stream's own unit; and the same in the order of showing.
    private var shown: [Int64] = []
    private var ordered: [Int64] = []
    /// The places of the packets by the order in which their frames are shown.
    private var places: [Int] = []
    private var refreshes: [Bool] = []
    /// The first time of each packet and all after it.
    private var firstOfRest: [Int64] = []
    /// Ticks by which frames are decoded before they are shown, so that none is late.
    private(set) var delay: Int64 = 0

    /// Packets that can be taken over, by the times at which they are shown.
    struct Run {
        let first: Int64
        let last: Int64
        let count: Int
    }

    /// - Throws: `MediaError`.
    /// - Returns: `nil` when the packets do not tell when their frames are shown.
    init?(_ reader: PacketReader, stream: Int, sets: ParameterSets) throws(MediaError) {
        while let packet = try reader.next() {
            guard packet.stream == stream else { continue }
            let raw = packet.packet.pointee
            guard raw.pts != avs_no_pts else { return nil }
            shown.append(raw.pts)
            refreshes.append(
                packet.isKeyFrame && sets.isInstantRefresh(UnsafeBufferPointer(start: raw.data, count: Int(raw.size))))
        }
        let times = shown
        places = times.indices.sorted { times[$0] < times[$1] }
        ordered = places.map { times[$0] }
        guard zip(ordered, ordered.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        delay = zip(ordered, shown).map { $0 - $1 }.max() ?? 0
        firstOfRest = shown
        for index in shown.indices.dropLast().reversed() { firstOfRest[index] = min(shown[index], firstOfRest[index + 1]) }
    }

    /// When a frame is decoded: not every container tells, and those that do disagree with what is encoded anew.
    /// - Parameter time: when it is shown.
    func decoded(_ time: Int64) -> Int64? {
        let rank = ordered.partition(above: time) - 1
        guard rank >= 0, ordered[rank] == time else { return nil }
        return ordered[places[rank]] - delay
    }

    /// The longest run that begins with an instant refresh at or after a time and ends before another, and after which no packet
    /// is shown earlier than its last: its frames need none but their own.
    /// - Returns: `nil` when there is none.
    func run(from begin: Int64, to end: Int64) -> Run? {
        guard let start = shown.indices.first(where: { refreshes[$0] && shown[$0] >= begin }), shown[start] < end else {
            return nil
        }
        var (run, latest) = (Run?.none, shown[start])
        for index in start..<shown.count {
            latest = max(latest, shown[index])
            let rest = index + 1 < shown.count ? firstOfRest[index + 1] : .max
            if latest < end, latest < rest { run = Run(first: shown[start], last: latest, count: index + 1 - start) }
            if rest >= end { break }
        }
        return run
    }
}
