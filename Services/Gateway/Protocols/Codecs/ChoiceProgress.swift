/// How far the answers of one stream have come: a call may ask for several.
package struct ChoiceProgress: Sendable {
    private let asked: Int
    private var open: Set<Int> = []
    private var finished: Set<Int> = []
    /// Of several, those of which something has come.
    private var spoken: Set<Int> = []
    private var hasAnswer = false
    /// Why the provider gave up, as long as no answer has come to a proper end: one of several is enough for the caller.
    package private(set) var surrender: ProviderFailure?

    /// - Parameter asked: how many answers the caller wants.
    package init(asked: Int) {
        self.asked = asked
    }

    /// Whether all that were asked for have ended.
    package var areFinished: Bool { finished.count >= asked }
    /// Whether some have ended and none is under way: a provider may give fewer than it was asked for.
    package var isComplete: Bool { hasFinished && open.isEmpty }
    /// Whether one has ended.
    package var hasFinished: Bool { !finished.isEmpty }

    /// Notes a piece of an answer.
    /// - Parameter says: whether it is of what was answered, and not only a role.
    package mutating func begin(_ choice: Int, says: Bool) {
        guard asked > 1 else { return }
        if !finished.contains(choice) { open.insert(choice) }
        if says { spoken.insert(choice) }
    }

    /// Whether something of an answer has come.
    /// - Parameter text: what has come of all.
    package func hasSpoken(_ choice: Int, of text: String) -> Bool { asked > 1 ? spoken.contains(choice) : !text.isEmpty }

    /// Notes the end of an answer.
    /// - Parameter isEmpty: whether nothing of it has come.
    package mutating func finish(_ choice: Int, _ reason: FinishReason, isEmpty: Bool) {
        open.remove(choice)
        finished.insert(choice)
        let failure = reason.providerFailure(isEmpty: isEmpty)
        if failure == nil { hasAnswer = true }
        surrender = hasAnswer ? nil : surrender ?? failure
    }
}

extension ProviderFailure {
    /// What whole answers mean that are none.
    /// - Parameters:
    ///   - ends: why each ended, and whether there is nothing in it.
    ///   - usage: what all of them used.
    /// - Returns: `nil` when one of them is an answer: the caller has that.
    package static func surrender(of ends: [(reason: FinishReason, isEmpty: Bool)], usage: ModelUsage?) -> ProviderFailure? {
        var progress = ChoiceProgress(asked: ends.count)
        for (choice, end) in ends.enumerated() { progress.finish(choice, end.reason, isEmpty: end.isEmpty) }
        var failure = progress.surrender
        failure?.usage = usage
        return failure
    }
}
