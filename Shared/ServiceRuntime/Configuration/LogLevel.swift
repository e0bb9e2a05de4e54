package import Primitives

/// Log levels by name, as configurations give them.
package enum LogLevel: String, CaseIterable, Sendable {
    case debug, info, warning, error

    package var threshold: Log.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
