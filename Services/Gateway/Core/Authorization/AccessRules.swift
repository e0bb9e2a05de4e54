import Contracts

/// Which scope a request needs.
enum AccessRules {
    /// The class of endpoints that a path belongs to: its first segment, or whose API is spoken there.
    static func endpoint(of path: String) -> String {
        let rest = path.utf8.drop { $0 == UInt8(ascii: "/") }
        let first = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        let name = String(Substring(first))
        guard name == "v1" else { return name }
        // As a text of its own: of a part of one a prefix is looked for letter by letter.
        let api = String(Substring(rest))
        return api.hasPrefix("v1/audio/") || api == "v1/audio" ? "audio" : "llm"
    }

    private static let modelPaths: Set<String> = [
        "/gateway/route", "/gateway/analyze-tokens", "/gateway/cost", "/gateway/budgets",
    ]

    private static func isAlerting(_ path: String) -> Bool {
        ["/api/alerts", "/api/heartbeats", "/api/v2"].contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// What is not named here is for administrators: a route that was forgotten stays closed.
    /// - Returns: `nil` where being known is enough, because people decide there on what is their own.
    static func scope(method: String, endpoint: String, path: String) -> Scope? {
        switch (endpoint, method) {
        case ("audio", _): .audioRun
        case ("video", _): .videoRun
        case ("llm", _): .modelsRun
        case ("api", "GET") where isAlerting(path), ("api", "HEAD") where isAlerting(path): .alertingRead
        case ("api", "POST") where path.hasPrefix("/api/heartbeats/"): .alertingBeat
        case ("api", _) where isAlerting(path): .alertingWrite
        case ("api", "GET"), ("api", "HEAD"): .analyticsRead
        // Whoever may see may also take along or forget what is their own.
        case ("api", _) where path.hasPrefix("/api/people/"): .analyticsRead
        case ("api", _): .analyticsWrite
        case ("gateway", "PUT"), ("gateway", "DELETE"): .admin
        case ("gateway", _) where modelPaths.contains(path) || path.hasPrefix("/gateway/decisions/"): .modelsRun
        case ("files", "GET"), ("files", "HEAD"), ("files", "OPTIONS"): .filesRead
        case ("files", _): .filesWrite
        case ("keys", _): .keysManage
        case ("webhooks", _), ("hooks", _): .webhooksManage
        case ("auth", _), ("me", _), ("organisations", _): nil
        default: .admin
        }
    }
}
