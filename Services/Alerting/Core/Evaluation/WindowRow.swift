import Persistence
import Primitives

/// A rule's group as it is kept on disk, in the system's time.
struct WindowRow: Sendable, Hashable {
    struct Key: Sendable, Hashable {
        let rule: String
        let values: [String]

        var text: String { String(decoding: JSONValue.array(values.map(JSONValue.string)).serialized(), as: UTF8.self) }
    }

    let key: Key
    /// What the rule watches; windows of a rule that watches something else now are of no use.
    let signature: String
    let slotLength: Int64
    let completeFrom: Int64
    private let lastSeen: Int64
    private let phase: RuleProgram.Phase
    private let windows: Bytes

    /// - Parameter offset: from the even to the system's time, in milliseconds.
    init(_ program: RuleProgram, _ group: RuleProgram.Group, offset: Int64) {
        key = Key(rule: program.rule.name, values: group.values)
        signature = Self.signature(program.rule)
        (slotLength, completeFrom) = (program.slotLength, program.completeFrom + offset)
        lastSeen = group.lastSeen + offset
        phase =
            switch group.phase {
            case .inactive: .inactive
            case .pending(let since): .pending(since: since + offset)
            case .firing(let since): .firing(since: since + offset)
            }
        var writer = WindowCoder.Writer()
        for window in [group.main, group.other] { writer.add(window, offset: offset / slotLength) }
        windows = writer.bytes
    }

    init?(_ row: Row) throws {
        let names = try JSONValue(parsing: Bytes(try row.text("groups").utf8)).arrayValue ?? []
        key = Key(rule: try row.text("rule"), values: names.compactMap(\.stringValue))
        (signature, slotLength) = (try row.text("signature"), try row.integer("slot_length"))
        (completeFrom, lastSeen) = (try row.integer("complete_from"), try row.integer("last_seen"))
        let since = try row.optionalInteger("since")
        switch (try row.text("phase"), since) {
        case ("pending", let since?): phase = .pending(since: since)
        case ("firing", let since?): phase = .firing(since: since)
        default: phase = .inactive
        }
        windows = try row.blob("windows")
    }

    func save(on connection: Connection) throws {
        let (name, since): (String, Int64?) =
            switch phase {
            case .inactive: ("inactive", nil)
            case .pending(let since): ("pending", since)
            case .firing(let since): ("firing", since)
            }
        try connection.execute(
            "INSERT OR REPLACE INTO window VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", key.rule, key.text, signature, slotLength,
            completeFrom, lastSeen, name, since, windows)
    }

    /// Puts the group back. One that the system's clock was ahead of when it was written has seen its newest now, and all else as
    /// long before that as it was.
    func apply(to program: inout RuleProgram, group place: Int, now: Int64) {
        var reader = WindowCoder.Reader(windows)
        // What can not be read is as good as nothing seen.
        guard let main = reader.window(), let other = reader.window() else { return }
        let current = program.slot(now)
        let slotsAhead = max(current, main.buckets.last?.slot ?? current, other.buckets.last?.slot ?? current) - current
        let ahead = max(0, lastSeen - now, slotsAhead * slotLength)
        program.groups[place].main = main.moved(back: slotsAhead)
        program.groups[place].other = other.moved(back: slotsAhead)
        program.groups[place].lastSeen = lastSeen - ahead
        program.groups[place].phase =
            switch phase {
            case .inactive: .inactive
            case .pending(let since): .pending(since: min(since - ahead, now))
            case .firing(let since): .firing(since: min(since - ahead, now))
            }
        (program.groups[place].isTouched, program.groups[place].isUnsaved) = (true, ahead > 0)
        program.completeFrom = min(program.completeFrom, completeFrom - ahead)
    }

    /// What a rule watches, as a text.
    static func signature(_ rule: AlertRule) -> String {
        func text(_ selector: AlertRule.Selector) -> String { selector.metric + selector.matchers.map(\.description).joined() }
        let definition = rule.definition
        let watched =
            switch definition.kind {
            case .threshold(let selector, let function, _): "threshold \(function) \(text(selector))"
            case .absence(let selector): "absence \(text(selector))"
            case .change(let selector, let function, _): "change \(function) \(text(selector))"
            case .ratio(let errors, let all, _, _): "ratio \(text(errors)) \(text(all))"
            }
        return "\(watched) by \(definition.by) over \(definition.window.milliseconds)"
    }
}

/// Windows as bytes: 64-bit little-endian words.
enum WindowCoder {
    struct Writer {
        private(set) var bytes = Bytes()

        mutating func add(_ window: Window, offset: Int64) {
            put(Int64(window.buckets.count))
            put(window.sketches.isEmpty ? 0 : 1)
            for (place, bucket) in window.buckets.enumerated() {
                put(bucket.slot + offset)
                for number in [bucket.aggregate.count, bucket.aggregate.sum, bucket.aggregate.low, bucket.aggregate.high] {
                    put(Int64(bitPattern: number.bitPattern))
                }
                guard !window.sketches.isEmpty else { continue }
                put(Int64(window.sketches[place].counts.count))
                for (key, count) in window.sketches[place].counts {
                    put(Int64(key))
                    put(Int64(bitPattern: count.bitPattern))
                }
            }
        }

        private mutating func put(_ word: Int64) {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    struct Reader {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: Bytes) { rest = bytes[...] }

        mutating func window() -> Window? {
            guard let count = word(), (0...100_000).contains(count), let hasSketches = word() else { return nil }
            var (buckets, sketches): ([Window.Bucket], [QuantileSketch]) = ([], [])
            for _ in 0..<count {
                guard let slot = word(), let number = real(), let sum = real(), let low = real(), let high = real() else {
                    return nil
                }
                buckets.append(Window.Bucket(slot: slot, aggregate: Aggregate(count: number, sum: sum, low: low, high: high)))
                guard hasSketches == 1 else { continue }
                guard let size = word(), (0...100_000).contains(size) else { return nil }
                var counts: [Int32: Double] = [:]
                for _ in 0..<size {
                    guard let key = word(), let count = real() else { return nil }
                    counts[Int32(truncatingIfNeeded: key)] = count
                }
                sketches.append(QuantileSketch(counts: counts))
            }
            return Window(buckets: buckets, sketches: sketches)
        }

        private mutating func word() -> Int64? {
            guard rest.count >= 8 else { return nil }
            let word = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            return Int64(bitPattern: word)
        }

        private mutating func real() -> Double? { word().map { Double(bitPattern: UInt64(bitPattern: $0)) } }
    }
}
