import Contracts
import Messaging
import Primitives

/// The stream of what came in at hooks, kept for those who were away.
enum HookStream {
    /// When it is full the oldest go: whoever sends much at one hook must not keep others from being heard.
    static let settings = StreamSettings(
        name: Subjects.hooksStream, subjects: [Subjects.hooks], retention: .limits, maximumBytes: .mib(512),
        maximumAge: .hours(24 * 7), discardNew: false, duplicateWindow: .minutes(2))
}
