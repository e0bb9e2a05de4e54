/// When the streams of measurements were listened to. All times are of the even clock, in milliseconds.
///
/// Time in which nobody could hear proves nothing: it counts neither as silence nor as a window without measurements. What it
/// costs is bounded, so that a connection that is lost now and then does not make rules with long windows blind for ever.
package struct Hearing: Sendable {
    /// The longest time between two words of a server that is there.
    static let patience: Int64 = 10_000
    /// After a gap those who measure send what they have held back; the tracker's and the outbox's longest pause is 10 s.
    static let settling: Int64 = 15_000
    /// Gaps that are kept apart; the oldest of more become one.
    private static let most = 256

    fileprivate struct Gap: Codable, Hashable {
        var from: Int64
        var until: Int64
    }

    /// What one process tells the next, in the system's time.
    struct Memory: Codable, Sendable, Hashable {
        /// When it was told.
        let time: Int64
        fileprivate let since: Int64
        fileprivate let until: Int64
        fileprivate let gaps: [Gap]
    }

    private struct Stream {
        /// The server's last word that all it had was taken.
        var confirmed: Int64?
        var isLost = false
    }

    private var streams: [String: Stream] = [:]
    /// Whether this process has heard all of them.
    private var isComplete = false
    /// When all were heard for the first time, by this process or an earlier one.
    private var since: Int64?
    private var gaps: [Gap] = []
    /// Up to when an earlier process heard everything.
    private var before: Int64?

    package init() {}

    /// - Parameter memory: an earlier process's, whose time is the even one now; one that is ahead was told now.
    init(_ memory: Memory?, now: Int64 = .max) {
        guard let memory else { return }
        let ahead = max(0, memory.time - now)
        (since, before) = (memory.since - ahead, memory.until - ahead)
        gaps = memory.gaps.map { Gap(from: $0.from - ahead, until: $0.until - ahead) }
    }

    /// What to tell the next process; `nil` before everything was heard.
    /// - Parameter offset: from the even to the system's time.
    func memory(now: Int64, offset: Int64) -> Memory? {
        guard let since, let until else { return nil }
        return Memory(
            time: now + offset, since: since + offset, until: until + offset,
            gaps: gaps.map { Gap(from: $0.from + offset, until: $0.until + offset) })
    }

    /// Everything that a stream has was taken.
    package mutating func confirm(_ stream: String, now: Int64) {
        let last = streams[stream]
        streams[stream] = Stream(confirmed: now)
        if let last, let confirmed = last.confirmed, last.isLost || now - confirmed > Self.patience { add(confirmed, now) }
        guard !isComplete, streams.values.allSatisfy({ $0.confirmed != nil }) else { return }
        isComplete = true
        since = since ?? now
        // Between two processes nobody knows what could not be sent.
        if let before, now - before > Self.patience { add(before, now) }
    }

    /// A stream can not be listened to.
    package mutating func lose(_ stream: String) { streams[stream, default: Stream()].isLost = true }

    private mutating func add(_ from: Int64, _ until: Int64) {
        // Each stream tells of the same outage.
        if let last = gaps.indices.last, gaps[last].until >= from {
            gaps[last] = Gap(from: min(gaps[last].from, from), until: max(gaps[last].until, until))
        } else {
            gaps.append(Gap(from: from, until: until))
        }
        if gaps.count > Self.most { gaps.replaceSubrange(0..<2, with: [Gap(from: gaps[0].from, until: gaps[1].until)]) }
    }

    /// Up to when everything was heard; `nil` before that was so for the first time.
    private var until: Int64? { isComplete ? streams.values.compactMap(\.confirmed).min() : nil }

    /// Whether all is taken that any stream held then. One under load is heard up to a second ago.
    func hasHeard(_ time: Int64) -> Bool { until.map { $0 > time + 1000 } ?? false }

    /// Whether the streams are listened to now.
    func isHeard(now: Int64) -> Bool {
        guard let until else { return false }
        return now - until <= Self.patience && !streams.values.contains(where: \.isLost)
    }

    /// How long a silence since then has been listened to, without gaps that could hold what would have ended it.
    /// - Parameter window: how long a silence is looked for; a tenth of it may be missed.
    func silence(from: Int64, window: Int64) -> Int64 {
        guard let since, let until else { return 0 }
        let gap = gaps.last { $0.until - $0.from > Self.tolerance(window) }?.until ?? since
        let start = max(from, since, gap)
        return max(0, until - start - missed(from: start, to: until))
    }

    /// Whether a window that ends now holds enough of what there was to say that it is little: no more than a tenth was missed,
    /// and who measures has had time to send what was held back.
    func covers(_ window: Int64, now: Int64) -> Bool {
        guard isHeard(now: now), let until else { return false }
        if let last = gaps.last, now - last.until < min(Self.settling, window) { return false }
        return missed(from: now - window, to: now) + max(0, now - until) <= Self.tolerance(window)
    }

    /// What may be missed of a window.
    static func tolerance(_ window: Int64) -> Int64 { max(window / 10, 2000) }

    private func missed(from: Int64, to: Int64) -> Int64 {
        gaps.reduce(0) { $0 + max(0, min($1.until, to) - max($1.from, from)) }
    }
}
