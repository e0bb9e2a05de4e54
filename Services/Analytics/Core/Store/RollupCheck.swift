package import Persistence

/// Counts the rows anew and compares: what the sums say must be what the rows say, to the last billionth.
package enum RollupCheck {
    private struct Key: Hashable, Comparable {
        let level: Int64
        let owner: Int64
        let type: Int64
        let bucket: Int64
        let script: Int64

        static func < (a: Key, b: Key) -> Bool {
            (a.level, a.owner, a.type, a.bucket, a.script) < (b.level, b.owner, b.type, b.bucket, b.script)
        }
    }

    /// - Returns: a line for each sum that differs, at most 20; none when all rows since the beginning are still there and all
    ///   is well.
    package static func differences(on connection: Connection) throws -> [String] {
        var expected: [Key: ExactSum] = [:]
        _ = try connection.query("SELECT time, owner, script, type, value FROM metric") { row in
            let (time, owner) = (try row.integer("time"), try row.integer("owner"))
            let (script, type) = (try row.integer("script"), try row.integer("type"))
            let sum = ExactSum(try row.real("value"))
            for level in RollupLevel.allCases {
                for owner in [owner, SumBatch.everyone] {
                    let key = Key(level: level.rawValue, owner: owner, type: type, bucket: level.bucket(time), script: script)
                    expected[key, default: .zero].add(sum)
                }
            }
        }
        let stored = try connection.query("SELECT * FROM rollup") { row in
            (
                Key(
                    level: try row.integer("level"), owner: try row.integer("owner"), type: try row.integer("type"),
                    bucket: try row.integer("bucket"), script: try row.integer("script")),
                try row.exactSum()
            )
        }
        var differences: [String] = []
        for (key, sum) in stored {
            let other = expected.removeValue(forKey: key)
            if other != sum { differences.append("\(key): \(sum) is stored, \(other.map { "\($0)" } ?? "nothing") is there") }
        }
        for (key, sum) in expected.sorted(by: { $0.key < $1.key }) { differences.append("\(key): \(sum) is not stored") }
        return Array(differences.prefix(20))
    }
}

extension Row {
    /// The sum in the columns `n`, `whole`, `nano`, `low` and `high`.
    func exactSum() throws -> ExactSum {
        ExactSum(
            count: try integer("n"), whole: try integer("whole"), nano: try integer("nano"), low: try real("low"),
            high: try real("high"))
    }
}
