import AnalyticsAPI
import Persistence

/// The sums of one transaction: added up in memory first, so that a bucket is written once for all its events.
struct SumBatch {
    private struct Minute: Hashable {
        let owner: Int64
        let type: Int64
        let bucket: Int64
        let script: Int64
    }

    private struct Rollup: Hashable {
        let level: Int64
        let owner: Int64
        let type: Int64
        let bucket: Int64
        let script: Int64
    }

    private struct Part: Hashable {
        let owner: Int64
        let dimension: Int64
        let type: Int64
        let day: Int64
        let value: Int64
    }

    /// The number that stands for all owners together.
    static let everyone: Int64 = 0
    private var minutes: [Minute: ExactSum] = [:]
    private var parts: [Part: ExactSum] = [:]

    mutating func add(_ value: Double, owner: Int64, script: Int64, type: Int64, milliseconds: Int64) {
        let minute = Minute(owner: owner, type: type, bucket: RollupLevel.minute.bucket(milliseconds), script: script)
        minutes[minute, default: .zero].add(ExactSum(value))
    }

    mutating func add(_ value: Double, owner: Int64, dimension: Dimension, name: Int64, type: Int64, milliseconds: Int64) {
        let day = RollupLevel.day.bucket(milliseconds)
        for owner in [owner, Self.everyone] {
            let part = Part(owner: owner, dimension: dimension.rawValue, type: type, day: day, value: name)
            parts[part, default: .zero].add(ExactSum(value))
        }
    }

    /// Adds the sums to those that are stored.
    func write(on connection: Connection) throws {
        var rollups: [Rollup: ExactSum] = [:]
        rollups.reserveCapacity(minutes.count * 6)
        for (minute, sum) in minutes {
            let start = minute.bucket * RollupLevel.minute.length
            for level in RollupLevel.allCases {
                for owner in [minute.owner, Self.everyone] {
                    let rollup = Rollup(
                        level: level.rawValue, owner: owner, type: minute.type, bucket: level.bucket(start), script: minute.script)
                    rollups[rollup, default: .zero].add(sum)
                }
            }
        }
        let sums = Array(rollups)
        // A sum that would leave the whole numbers stays as it is: more than nine trillion millions were counted by then.
        try connection.execute(
            """
            INSERT INTO rollup(level, owner, type, bucket, script, n, whole, nano, low, high) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET n = n + excluded.n,
                whole = iif(typeof(whole + excluded.whole) = 'integer', whole + excluded.whole, whole),
                nano = iif(typeof(nano + excluded.nano) = 'integer', nano + excluded.nano, nano),
                low = min(low, excluded.low), high = max(high, excluded.high)
            """, times: sums.count
        ) { run, bindings in
            let (rollup, sum) = sums[run]
            bindings.add(rollup.level)
            bindings.add(rollup.owner)
            bindings.add(rollup.type)
            bindings.add(rollup.bucket)
            bindings.add(rollup.script)
            bindings.add(sum.count)
            bindings.add(sum.whole)
            bindings.add(sum.nano)
            bindings.add(sum.low)
            bindings.add(sum.high)
        }
        try writeParts(on: connection)
    }

    private func writeParts(on connection: Connection) throws {
        let sums = Array(parts)
        try connection.execute(
            """
            INSERT INTO breakdown(owner, dimension, type, day, value, n, whole, nano) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET n = n + excluded.n,
                whole = iif(typeof(whole + excluded.whole) = 'integer', whole + excluded.whole, whole),
                nano = iif(typeof(nano + excluded.nano) = 'integer', nano + excluded.nano, nano)
            """, times: sums.count
        ) { run, bindings in
            let (part, sum) = sums[run]
            bindings.add(part.owner)
            bindings.add(part.dimension)
            bindings.add(part.type)
            bindings.add(part.day)
            bindings.add(part.value)
            bindings.add(sum.count)
            bindings.add(sum.whole)
            bindings.add(sum.nano)
        }
    }
}
