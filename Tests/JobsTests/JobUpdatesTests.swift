import Contracts
import Primitives
import Testing

@testable import Jobs

@Suite struct JobUpdatesTests {
    private static func progress(_ attempt: Int, _ index: Int, _ fraction: Double) -> JobProgress {
        JobProgress(
            id: "job_1", attempt: attempt, fraction: fraction,
            partial: JobPartial(index: index, content: ["a": .integer(Int64(attempt))]))
    }

    /// A worker may go on telling after its job went to another.
    @Test func whatAnEarlierAttemptTellsDoesNotCount() {
        let updates = JobUpdates(catalogue: OperationCatalogue(service: "test", []))
        updates.restart("job_1", attempt: 1)
        for index in 0..<5 { _ = updates.note(Self.progress(1, index, 0.9)) }
        updates.restart("job_1", attempt: 2)
        #expect(updates.partials(of: "job_1", from: 0).isEmpty)
        _ = updates.note(Self.progress(1, 5, 0.95))
        _ = updates.note(Self.progress(2, 0, 0.1))
        #expect(updates.partials(of: "job_1", from: 0).map(\.content) == [["a": 2]])
        // A later attempt may be heard of before its beginning, by an owner that has just started.
        _ = updates.note(Self.progress(3, 0, 0.1))
        #expect(updates.partials(of: "job_1", from: 0).map(\.content) == [["a": 3]])
    }
}
