import FoundationEssentials

/// Whether the studio is measured at all.
package enum Analytics {
    /// `ENABLE_ANALYTICS=false` in the environment of the studio's processes turns everything off: nothing is sent, and what is
    /// sent all the same is not recorded.
    package static let isEnabled = isEnabled(ProcessInfo.processInfo.environment)

    /// - Parameter environment: of the process.
    package static func isEnabled(_ environment: [String: String]) -> Bool {
        !["false", "0", "no", "off"].contains((environment["ENABLE_ANALYTICS"] ?? "").lowercased())
    }
}
