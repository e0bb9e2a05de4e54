import Contracts
import Primitives

/// Jobs as people read them.
enum JobText {
    static func line(_ job: JobDocument) -> [String] {
        [
            job.id, job.operation, job.state.rawValue, "\(Int(job.progress * 100)) %", job.created.iso8601,
            job.inputs.map(\.name).joined(separator: ", "),
        ]
    }

    static func result(_ job: JobDocument, saved: [String]) -> String {
        var lines = flattened(job.result?.measurements ?? .null, "")
        if job.cached { lines.append(("cached", "true")) }
        if let started = job.started, let finished = job.finished {
            lines.append(("seconds", "\(finished.duration(since: started).seconds)"))
        }
        if let usage = job.result?.usage {
            lines.append(("cpu_seconds", "\(usage.cpuSeconds)"))
            lines.append(("peak_memory_mb", "\(usage.peakMemoryBytes / 1_000_000)"))
        }
        for path in saved { lines.append(("file", path)) }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { $0.0.padded(to: width) + "  " + $0.1 }.joined(separator: "\n")
    }

    /// Every leaf of a document with its dotted path; long lists are told by their length.
    private static func flattened(_ value: JSONValue, _ path: String) -> [(String, String)] {
        switch value {
        case .object(let members):
            return members.sorted { $0.key < $1.key }.flatMap { flattened($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
        case .array(let elements) where elements.count > 8:
            return [(path, "\(elements.count) values")]
        case .array(let elements):
            return elements.enumerated().flatMap { flattened($0.element, "\(path).\($0.offset)") }
        case .null: return []
        case .string(let text): return [(path, text)]
        default: return [(path, String(decoding: value.serialized(), as: UTF8.self))]
        }
    }
}
