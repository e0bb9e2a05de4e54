package import Primitives

/// A deployment that can not take the call, and why.
package struct RouteRejection: Sendable, Hashable {
    package enum Cause: Sendable, Hashable {
        case notAllowed
        case lacks(Capabilities)
        case otherTasks(ModelTask)
        case contextTooSmall(window: Int, needed: Int)
        case outputTooLong(limit: Int, asked: Int)
        case qualityTooLow(Int, wanted: Int)
        case tooDear(Money, limit: Money)
        case overBudget(Money, left: Money)
        case tooSlow(Double, limit: Double)
        case keyMissing(KeyReference)
        case circuitOpen(seconds: Double)
        case rateLimited(seconds: Double)
        case notRunning
    }

    package let model: String
    package let provider: String
    package let cause: Cause

    /// Stable, for programs.
    package var code: String {
        switch cause {
        case .notAllowed: "not-allowed"
        case .lacks: "capability-missing"
        case .otherTasks: "not-for-this-task"
        case .contextTooSmall: "context-too-small"
        case .outputTooLong: "output-too-long"
        case .qualityTooLow: "quality-too-low"
        case .tooDear: "too-dear"
        case .overBudget: "over-budget"
        case .tooSlow: "too-slow"
        case .keyMissing: "key-missing"
        case .circuitOpen: "circuit-open"
        case .rateLimited: "rate-limited"
        case .notRunning: "not-running"
        }
    }

    /// For people.
    package var sentence: String {
        let name = "\(model) at \(provider)"
        switch cause {
        case .notAllowed: return "your key may not use \(model)"
        case .lacks(let needs): return "\(model) can not do what the call needs: \(needs.names.joined(separator: ", "))"
        case .otherTasks(let task): return "\(model) is not meant for the task \(task.rawValue)"
        case .contextTooSmall(let window, let needed): return "\(model) holds \(window) tokens; the call needs \(needed)"
        case .outputTooLong(let limit, let asked): return "\(model) gives at most \(limit) tokens; the call asks for \(asked)"
        case .qualityTooLow(let quality, let wanted): return "\(model) has quality \(quality); at least \(wanted) is asked for"
        case .tooDear(let cost, let limit): return "\(name) could cost \(cost); the call may cost at most \(limit)"
        case .overBudget(let cost, let left): return "\(name) could cost \(cost); only \(left) of the budget is left"
        case .tooSlow(let seconds, let limit):
            return "\(name) may take \(Sentence.seconds(seconds)); the call may take \(Sentence.seconds(limit))"
        case .keyMissing(let key): return "\(name) can not be called: \(key.label) is not set"
        case .circuitOpen(let seconds): return "\(name) has been failing; it is tried again in \(Sentence.seconds(seconds))"
        case .rateLimited(let seconds): return "\(name) asked to be left alone for \(Sentence.seconds(seconds))"
        case .notRunning: return "\(name) does not run on this machine now"
        }
    }

    /// How long the cause lasts, when it passes by itself.
    var passesAfter: Double? {
        switch cause {
        case .circuitOpen(let seconds), .rateLimited(let seconds): seconds
        default: nil
        }
    }

    /// What it could cost, when that is more than is left of a budget.
    var overBudget: Money? { if case .overBudget(let cost, _) = cause { cost } else { nil } }

    package var json: JSONValue {
        [
            "model": .string(model), "provider": .string(provider), "code": .string(code), "reason": .string(sentence),
        ]
    }
}
