import Glibc
import Synchronization

/// Writes one JSON line per event to standard error. Messages are constant; what varies goes into the fields.
package struct Log: Sendable {
    package enum Level: Int, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    private static let threshold = Atomic<Int>(Level.info.rawValue)
    private let label: String

    /// - Parameter label: the part of the program that speaks.
    package init(_ label: String) {
        self.label = label
    }

    /// The least level that is written, for the whole process.
    package static func setThreshold(_ level: Level) {
        threshold.store(level.rawValue, ordering: .relaxed)
    }

    /// - Parameter fields: made only when debugging is on.
    package func debug(_ message: StaticString, _ fields: @autoclosure () -> [String: JSONValue] = [:]) {
        guard Level.debug.rawValue >= Self.threshold.load(ordering: .relaxed) else { return }
        write(.debug, message, fields())
    }

    package func info(_ message: StaticString, _ fields: [String: JSONValue] = [:]) { write(.info, message, fields) }
    package func warning(_ message: StaticString, _ fields: [String: JSONValue] = [:]) { write(.warning, message, fields) }
    package func error(_ message: StaticString, _ fields: [String: JSONValue] = [:]) { write(.error, message, fields) }

    private func write(_ level: Level, _ message: StaticString, _ fields: [String: JSONValue]) {
        guard level.rawValue >= Self.threshold.load(ordering: .relaxed) else { return }
        var line: [String: JSONValue] = [
            "time": .string(Timestamp.now().iso8601), "level": .string("\(level)"), "label": .string(label),
            "message": .string(message.description),
        ]
        if !fields.isEmpty { line["fields"] = .object(fields) }
        if let trace = TraceContext.current { line["trace_id"] = .string(trace.traceID) }
        let bytes = JSONValue.object(line).serialized() + [UInt8(ascii: "\n")]
        // One write(2) per line keeps lines of several threads apart.
        bytes.withUnsafeBytes { _ = Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
