/// The calls of a language model that a job makes: several at once, and none any more when none can end better.
struct ModelCalls {
    /// Calls in a row that fail before nothing is asked any more.
    private static let patience = 5

    private(set) var usage = ModelClient.Usage()
    private let client: ModelClient
    private var failuresInARow = 0
    /// Of the last call that failed.
    private var last: ModelClient.Failure?
    /// Why nothing is asked any more.
    private var surrender: ModelClient.Failure?

    /// What says most of why calls failed; `nil` when none did.
    var failure: ModelClient.Failure? { surrender ?? last }

    init(_ client: ModelClient) { self.client = client }

    /// Asks all at once: there are as many as may be under way.
    /// - Returns: how each ended, in order.
    /// - Throws: `CancellationError`.
    mutating func ask<Question: ModelQuestion>(
        _ questions: [Question]
    ) async throws -> [ModelClient.Outcome<Question.Answer>] {
        if let surrender {
            let failure = ModelClient.Failure(
                code: "not-asked", message: "not asked, since the calls before failed: \(surrender.message)",
                reach: surrender.reach)
            return questions.map { _ in .failure(failure) }
        }
        let client = client
        let ended = try await withThrowingTaskGroup { group in
            for (index, question) in questions.enumerated() {
                group.addTask { (index, try await client.ask(question)) }
            }
            var ended = [(ModelClient.Outcome<Question.Answer>, ModelClient.Usage)?](repeating: nil, count: questions.count)
            for try await (index, outcome) in group { ended[index] = outcome }
            return ended.compactMap { $0 }
        }
        for (outcome, used) in ended {
            usage += used
            guard case .failure(let failure) = outcome else {
                failuresInARow = 0
                continue
            }
            (last, failuresInARow) = (failure, failuresInARow + 1)
            if failure.reach == .everything || failuresInARow >= Self.patience { surrender = surrender ?? failure }
        }
        return ended.map(\.0)
    }
}
