import Contracts

/// Which scope a request needs.
enum AccessRules {
    /// The class of endpoints that a path belongs to: its first segment, or whose API is spoken there.
    static func endpoint(of path: String) -> String {
        let rest = path.utf8.drop { $0 == UInt8(ascii: "/") }
        let first = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard first.elementsEqual("v1".utf8) else { return String(Substring(first)) }
        return rest.starts(with: "v1/audio/".utf8) || rest.elementsEqual("v1/audio".utf8) ? "audio" : "llm"
    }

    private static let modelPaths: Set<String> = [
        "/gateway/route", "/gateway/analyze-tokens", "/gateway/cost", "/gateway/budgets",
    ]

    /// What is not named here is for administrators: a route that was forgotten stays closed.
    /// - Returns: `nil` where being known is enough, because people decide there on what is their own.
    static func scope(method: String, endpoint: String, path: String) -> Scope? {
        switch (endpoint, method) {
        case ("audio", _): .audioRun
        case ("llm", _): .modelsRun
        case ("gateway", "PUT"), ("gateway", "DELETE"): .admin
        case ("gateway", _) where modelPaths.contains(path) || path.hasPrefix("/gateway/decisions/"): .modelsRun
        case ("files", "GET"), ("files", "HEAD"), ("files", "OPTIONS"): .filesRead
        case ("files", _): .filesWrite
        case ("keys", _): .keysManage
        case ("webhooks", _): .webhooksManage
        case ("auth", _), ("me", _), ("organisations", _): nil
        default: .admin
        }
    }
}
