/// A call on its way, as long as the caller has not had a byte of its answer.
///
/// Only a value of this type can go on to another candidate, and it is not copied: it ends where the call is answered.
package struct RouteAttempts: ~Copyable, Sendable {
    /// An attempt that came to nothing.
    package struct Failed: Sendable, Hashable {
        package let deployment: String
        package let failure: CallFailure
    }

    /// What follows a failure.
    package enum Step: ~Copyable, Sendable {
        case next(RouteAttempts)
        /// There is nobody left to ask; all that was tried, in order.
        case exhausted([Failed])
    }

    /// Who is asked now.
    package let candidate: RouteCandidate
    /// Who was asked before.
    package let failed: [Failed]
    private let rest: ArraySlice<RouteCandidate>

    private init(candidate: RouteCandidate, failed: [Failed], rest: ArraySlice<RouteCandidate>) {
        (self.candidate, self.failed, self.rest) = (candidate, failed, rest)
    }

    /// Begins with a decision's choice.
    /// - Parameter place: of the first candidate that the budgets allow.
    /// - Throws: `RouteError` saying why when nothing can take the call.
    package init(_ decision: RouteDecision, from place: Int = 0) throws(RouteError) {
        guard decision.candidates.indices.contains(place) else { throw decision.refusal }
        let dear = decision.candidates[..<place].map { Failed(deployment: $0.deployment.id, failure: .unaffordable) }
        self.init(candidate: decision.candidates[place], failed: dear, rest: decision.candidates[(place + 1)...])
    }

    /// Whether there is nobody left to ask, should who is asked now fail so.
    package func isLast(after failure: CallFailure) -> Bool { !rest.contains { failure.isWorthTrying($0, after: candidate) } }

    /// Goes on to the next candidate for which it is worth it.
    package consuming func failing(_ failure: CallFailure) -> Step {
        let failed = failed + [Failed(deployment: candidate.deployment.id, failure: failure)]
        let current = candidate
        var rest = rest
        while let next = rest.popFirst() {
            guard failure.isWorthTrying(next, after: current) else { continue }
            return .next(RouteAttempts(candidate: next, failed: failed, rest: rest))
        }
        return .exhausted(failed)
    }
}
