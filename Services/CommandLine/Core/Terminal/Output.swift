import Glibc
import Primitives

/// Prints results: text for people, JSON for scripts.
package struct Output: Sendable {
    package let isJSON: Bool

    /// - Parameters:
    ///   - document: what `--json` prints.
    ///   - text: what people see.
    func show(_ document: JSONValue, text: @autoclosure () -> String) {
        print(isJSON ? String(decoding: document.serialized(pretty: true), as: UTF8.self) : text())
    }

    /// A table with aligned columns.
    static func table(_ header: [String], _ rows: [[String]]) -> String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmingTrailingSpaces
        }.joined(separator: "\n")
    }

    /// Bytes in a unit that reads well.
    static func size(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1024 && unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\(value.rounded(decimals: 1)) \(units[unit])"
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
