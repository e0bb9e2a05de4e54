/// A rejection as one line of text, short enough to be kept for every call.
extension RouteRejection {
    /// Code, model, provider and the cause's figures, parted by tabs.
    var line: String {
        let figures: (String, String) =
            switch cause {
            case .notAllowed, .notRunning: ("", "")
            case .lacks(let needs): ("\(needs.rawValue)", "")
            case .otherTasks(let task): (task.rawValue, "")
            case .contextTooSmall(let window, let needed): ("\(window)", "\(needed)")
            case .outputTooLong(let limit, let asked): ("\(limit)", "\(asked)")
            case .qualityTooLow(let quality, let wanted): ("\(quality)", "\(wanted)")
            case .tooDear(let cost, let limit): ("\(cost.nanoDollars)", "\(limit.nanoDollars)")
            case .overBudget(let cost, let left): ("\(cost.nanoDollars)", "\(left.nanoDollars)")
            case .tooSlow(let seconds, let limit): ("\(seconds)", "\(limit)")
            case .keyMissing(.environment(let name)): (name, "")
            case .keyMissing(.file(let path)): ("", path)
            case .circuitOpen(let seconds), .rateLimited(let seconds): ("\(seconds)", "")
            }
        return "\(code)\t\(model)\t\(provider)\t\(figures.0)\t\(figures.1)"
    }

    /// - Returns: `nil` for a line that `line` does not give.
    init?(line: Substring) {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, let cause = Self.cause(parts[0], parts[3], parts[4]) else { return nil }
        self.init(model: parts[1], provider: parts[2], cause: cause)
    }

    private static func cause(_ code: String, _ first: String, _ second: String) -> Cause? {
        switch code {
        case "not-allowed": .notAllowed
        case "capability-missing": UInt16(first).map { .lacks(Capabilities(rawValue: $0)) }
        case "not-for-this-task": ModelTask(rawValue: first).map { .otherTasks($0) }
        case "context-too-small": pair(first, second).map { .contextTooSmall(window: Int($0), needed: Int($1)) }
        case "output-too-long": pair(first, second).map { .outputTooLong(limit: Int($0), asked: Int($1)) }
        case "quality-too-low": pair(first, second).map { .qualityTooLow(Int($0), wanted: Int($1)) }
        case "too-dear": pair(first, second).map { .tooDear(Money(nanoDollars: $0), limit: Money(nanoDollars: $1)) }
        case "over-budget": pair(first, second).map { .overBudget(Money(nanoDollars: $0), left: Money(nanoDollars: $1)) }
        case "too-slow": Double(first).flatMap { seconds in Double(second).map { .tooSlow(seconds, limit: $0) } }
        case "key-missing": .keyMissing(first.isEmpty ? .file(second) : .environment(first))
        case "circuit-open": Double(first).map { .circuitOpen(seconds: $0) }
        case "rate-limited": Double(first).map { .rateLimited(seconds: $0) }
        case "not-running": .notRunning
        default: nil
        }
    }

    private static func pair(_ first: String, _ second: String) -> (Int64, Int64)? {
        Int64(first).flatMap { a in Int64(second).map { (a, $0) } }
    }
}
