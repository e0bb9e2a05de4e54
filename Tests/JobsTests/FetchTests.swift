import Contracts
import Persistence
import Primitives
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Inputs that are fetched from elsewhere, and servers that do not answer.
@Suite(.serialized) struct FetchTests {
    private static let ann = Principal.test("ann")

    private func withRoad(_ body: @escaping @Sendable (TestRoad) async throws -> Void) async throws {
        let road = try await TestRoad([AnyOperation(JobFaultTests.Write.self)])
        defer { road.nats.stop() }
        try await body(road)
    }

    @Test func slowServersHoldUpOnlyTheirOwner() async throws {
        try await withRoad { road in
            try await road.files.add("5", as: "five", to: road.blobs)
            try await road.serve { jobs in
                let step = [BatchStep(operation: "test.write")]
                func url(_ name: String) -> BatchInput { BatchInput(.url("https://example.org/\(name)")) }
                let slow = BatchSubmission(inputs: (0..<20).map { url("never\($0)") }, steps: step)
                let held = try await jobs.submit(slow, by: Self.ann)
                try await eventually("the slow ones are asked") { road.files.fetched.withLock { $0.count } == 2 }
                let other = Principal.test("bob")
                let batch = try await jobs.submit(BatchSubmission(inputs: [url("five")], steps: step), by: other)
                try await eventually("the other's ends") { try await jobs.batch(batch, for: other).finished }
                #expect(try await jobs.batch(batch, for: other).states == ["succeeded": 1])
                _ = try await jobs.cancelBatch(held, for: Self.ann)
            }
        }
    }

    /// Many owners with slow servers leave room for others, and those who ask for many take no place from those who come after.
    @Test func placesGoRoundTheOwners() async throws {
        try await withRoad { road in
            try await road.serve(hasWorker: false) { jobs in
                let step = [BatchStep(operation: "test.write")]
                for owner in (0..<10).map({ Principal.test("owner\($0)") }) {
                    let inputs = (0..<4).map { BatchInput(.url("https://example.org/never-\(owner.owner)-\($0)")) }
                    _ = try await jobs.submit(BatchSubmission(inputs: inputs, steps: step), by: owner)
                }
                try await eventually("two of every owner are asked") { road.files.fetched.withLock { $0.count } == 20 }
            }
            let database = try await road.open()
            let turns = try await database.read { connection in
                try BatchStore.unfetched(ofOwner: 2, after: "owner7", now: .now(), on: connection).map(\.owner)
            }
            await database.close()
            let order = [8, 9, 0, 1, 2, 3, 4, 5, 6, 7].map { "owner\($0)" }
            #expect(turns == order + order)
        }
    }

    @Test func aURLThatMayAnswerLaterIsAskedAgain() async throws {
        try await withRoad { road in
            try await road.files.add("5", as: "busy", to: road.blobs)
            try await road.serve { jobs in
                let url = BatchInput(.url("https://example.org/busy"))
                let submission = BatchSubmission(inputs: [url], steps: [BatchStep(operation: "test.write")])
                let batch = try await jobs.submit(submission, by: Self.ann)
                try await eventually("the batch ends") { try await jobs.batch(batch, for: Self.ann).finished }
                #expect(try await jobs.batch(batch, for: Self.ann).states == ["succeeded": 1])
                #expect(road.files.fetched.withLock { $0.count } == 2)
            }
        }
    }
}
