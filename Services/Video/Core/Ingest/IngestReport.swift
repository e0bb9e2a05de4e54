import Primitives

/// What became of each URL, and the sums.
struct IngestReport: Sendable {
    enum State: String, Sendable { case downloaded, skipped, failed }

    struct Row: Sendable {
        let entry: IngestEntry
        var state: State
        var name: String?
        var size: Int64 = 0
        var digest: String?
        /// Of the transfer, waits between attempts included.
        var seconds = 0.0
        var attempts = 0
        /// Why it was skipped, or the code of what failed.
        var reason: String?
        var message: String?
    }

    /// Most creators that the measurements name; the report file has them all.
    static let mostCreators = 200
    private(set) var rows: [Row?]

    init(count: Int) { rows = Array(repeating: nil, count: count) }

    mutating func set(_ row: Row, at index: Int) { rows[index] = row }

    /// One line a URL.
    var csv: String {
        CSV.line(["creator", "url", "state", "name", "bytes", "sha256", "seconds", "attempts", "reason", "message"])
            + rows.compactMap { $0 }.map { row in
                CSV.line([
                    row.entry.creator, row.entry.url, row.state.rawValue, row.name ?? "", "\(row.size)", row.digest ?? "",
                    "\(row.seconds.rounded(decimals: 3))", "\(row.attempts)", row.reason ?? "", row.message ?? "",
                ])
            }.joined()
    }

    /// - Parameter seconds: that the whole took.
    func measurements(seconds: Double) -> JSONValue {
        var (creators, order): ([String: Sums], [String]) = ([:], [])
        var all = Sums()
        for row in rows.compactMap({ $0 }) {
            if creators[row.entry.creator] == nil { order.append(row.entry.creator) }
            creators[row.entry.creator, default: Sums()].add(row)
            all.add(row)
        }
        var members = all.members
        members["elapsed_seconds"] = .number(seconds.rounded(decimals: 3))
        members["creators_total"] = JSONValue(order.count)
        members["creators"] = .array(
            order.prefix(Self.mostCreators).map { name in
                .object((creators[name]?.members ?? [:]).merging(["creator": .string(name)]) { $1 })
            })
        return .object(members)
    }

    private struct Sums {
        var (attempted, downloaded, skipped, failed) = (0, 0, 0, 0)
        var bytes: Int64 = 0
        var seconds = 0.0

        mutating func add(_ row: Row) {
            switch row.state {
            case .downloaded:
                downloaded += 1
                bytes += row.size
            case .skipped: skipped += 1
            case .failed: failed += 1
            }
            if row.attempts > 0 { attempted += 1 }
            seconds += row.seconds
        }

        var members: [String: JSONValue] {
            [
                "attempted": JSONValue(attempted), "successful": JSONValue(downloaded), "skipped": JSONValue(skipped),
                "failed": JSONValue(failed), "bytes": .integer(bytes), "transfer_seconds": .number(seconds.rounded(decimals: 3)),
                "bytes_per_second": .number(seconds > 0 ? (Double(bytes) / seconds).rounded() : 0),
            ]
        }
    }
}
