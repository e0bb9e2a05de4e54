/// How far the answers of one stream have come: a call may ask for several.
package struct ChoiceProgress: Sendable {
    private let asked: Int
    /// Whether an answer of which the provider's filter has let nothing through is one, because nobody else can give another.
    package var keepsFiltered: Bool
    private var open: Set<Int> = []
    private var finished: Set<Int> = []
    /// Of several, those of which something has come.
    private var spoken: Set<Int> = []
    private var hasAnswer = false
    /// Why the provider gave up, as long as no answer has come to a proper end: one of several is enough for the caller.
    package private(set) var surrender: ProviderFailure?
    /// Whether one was kept of which a filter has let nothing through.
    package private(set) var isFiltered = false

    /// - Parameter asked: how many answers the caller wants.
    package init(asked: Int, keepsFiltered: Bool = false) {
        (self.asked, self.keepsFiltered) = (asked, keepsFiltered)
    }

    /// Of whole answers.
    /// - Parameter ends: why each ended, and whether there is nothing in it.
    package init(ended ends: [(reason: FinishReason, isEmpty: Bool)], keepsFiltered: Bool = false) {
        self.init(asked: ends.count, keepsFiltered: keepsFiltered)
        for (choice, end) in ends.enumerated() { finish(choice, end.reason, isEmpty: end.isEmpty) }
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
        let isKept = keepsFiltered && isEmpty && reason.kind == .contentFilter
        if isKept { isFiltered = true }
        let failure = isKept ? nil : reason.providerFailure(isEmpty: isEmpty)
        if failure == nil { hasAnswer = true }
        surrender = hasAnswer ? nil : surrender ?? failure
    }

    /// What it means that none of them is an answer.
    /// - Parameter usage: what all of them used.
    /// - Returns: `nil` when one is: the caller has that.
    package func failure(usage: ModelUsage?) -> ProviderFailure? {
        var failure = surrender
        failure?.usage = usage
        return failure
    }
}
