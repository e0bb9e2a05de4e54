import Blobs
import Contracts
import FoundationEssentials
import Jobs
import Messaging
import Persistence
import Primitives
import Synchronization
import TestSupport
import Testing

/// Batches against a real nats-server, SQLite and blob store; operations run inside the worker.
@Suite(.serialized) struct BatchTests {
    private static func chain(_ inputs: [BatchInput], _ words: [String], key: String? = nil) -> BatchSubmission {
        BatchSubmission(
            inputs: inputs, steps: words.map { BatchStep(operation: "test.append", parameters: ["word": .string($0)]) },
            idempotencyKey: key)
    }

    private static func ended(_ id: String, _ jobs: JobService) async throws -> BatchDocument {
        try await eventually("the batch ends") { try await jobs.batch(id, for: principal).finished }
        return try await jobs.batch(id, for: principal, isDetailed: true)
    }

    private static func texts(_ batch: BatchDocument) -> [String?] { batch.items.map { $0.measurements?["text"]?.stringValue } }

    private func withRoad(_ body: @escaping @Sendable (TestRoad) async throws -> Void) async throws {
        Append.runs.withLock { $0 = [:] }
        let road = try await TestRoad(Self.operations)
        for number in 0..<6 { try await road.files.add("\(number)", as: "file\(number)", to: road.blobs) }
        defer { road.nats.stop() }
        try await body(road)
    }

    @Test func everyInputGoesThroughTheChain() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                var inputs = (0..<4).map { BatchInput(.file("file\($0)")) }
                inputs[1].overrides = ["word": "x"]
                inputs[2].overrides = ["2.word": "y"]
                inputs.append(BatchInput(.url("https://example.org/file4")))
                let id = try await jobs.submit(Self.chain(inputs, ["a", "b"]), by: Self.principal)
                let batch = try await Self.ended(id, jobs)
                #expect(Self.texts(batch) == ["0ab", "1xb", "2ay", "3ab", "4ab"])
                #expect(batch.states == ["succeeded": 5] && batch.progress == 1 && batch.total == 5)
                #expect(batch.items.allSatisfy { $0.files.count == 1 && $0.step == 2 })
                #expect(batch.items[4].url == "https://example.org/file4" && batch.items[4].input == "file4")
            }
        }
    }

    /// One URL is a batch of one.
    @Test func anOperationTakesAURL() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                let submission = JobSubmission(
                    operation: "test.append", inputs: ["https://example.org/file3"], parameters: ["word": "z"])
                guard case .batch(let id) = try await jobs.submit(submission, by: Self.principal) else {
                    Issue.record("a job in place of a batch")
                    return
                }
                let batch = try await Self.ended(id, jobs)
                #expect(Self.texts(batch) == ["3z"])
                let local = JobSubmission(operation: "test.append", inputs: ["file:///etc/passwd"], parameters: [:])
                await #expect(throws: JobError.self) { try await jobs.submit(local, by: Self.principal) }
            }
        }
    }

    @Test func failedItemsAreRetriedFromTheirStep() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                let inputs = [
                    BatchInput(.file("file0")), BatchInput(.file("file1"), overrides: ["2.failures": 1]),
                    BatchInput(.url("https://example.org/late")),
                ]
                let id = try await jobs.submit(Self.chain(inputs, ["a", "b"]), by: Self.principal)
                let failed = try await Self.ended(id, jobs)
                #expect(failed.items.map(\.state) == [.succeeded, .failed, .failed])
                #expect(failed.items[1].problem?.code == "moody" && failed.items[1].step == 2)
                #expect(failed.items[2].problem?.code == "url-answered-404")
                road.files.known.withLock { $0["late"] = $0["file2"] }
                _ = try await jobs.retryBatch(id, for: Self.principal)
                let batch = try await Self.ended(id, jobs)
                #expect(Self.texts(batch) == ["0ab", "1ab", "2ab"])
                #expect(Append.runs.withLock { $0 } == ["0a": 1, "0ab": 1, "1a": 1, "1ab": 2, "2a": 1, "2ab": 1])
            }
        }
    }

    /// The service ends again and again in the midst of chains; every step of every item is taken by one job.
    @Test func chainsGoOnAfterARestart() async throws {
        try await withRoad { road in
            let id = try await road.serve(hasWorker: false) { jobs in
                try await jobs.submit(
                    Self.chain((0..<6).map { BatchInput(.file("file\($0)")) }, ["a", "b", "c", "d"], key: "once"),
                    by: Self.principal)
            }
            for round in 1...4 {
                try await road.serve { jobs in
                    try await eventually("the batch goes on") {
                        try await jobs.batch(id, for: Self.principal).progress >= Double(round) * 0.2
                    }
                }
            }
            try await road.serve { jobs in
                let batch = try await Self.ended(id, jobs)
                #expect(Self.texts(batch) == (0..<6).map { "\($0)abcd" })
                #expect(try await jobs.jobs(for: Self.principal, batch: id, limit: 100).count == 24)
                let again = try await jobs.submit(
                    Self.chain((0..<6).map { BatchInput(.file("file\($0)")) }, ["a", "b", "c", "d"], key: "once"),
                    by: Self.principal)
                #expect(again == id)
            }
        }
    }

    @Test func cancelledItemsTakeNoFurtherStep() async throws {
        try await withRoad { road in
            let id = try await road.serve(hasWorker: false) { jobs in
                let id = try await jobs.submit(Self.chain([BatchInput(.file("file0"))], ["a", "b"]), by: Self.principal)
                try await eventually("it has a job") { try await jobs.batch(id, for: Self.principal).items[0].job != nil }
                let cancelled = try await jobs.cancelBatch(id, for: Self.principal)
                #expect(cancelled.finished && cancelled.items[0].state == .cancelled)
                return id
            }
            try await road.serve { jobs in
                _ = try await jobs.retryBatch(id, for: Self.principal)
                #expect(Self.texts(try await Self.ended(id, jobs)) == ["0ab"])
            }
        }
    }

    @Test func lastStepMayMeasureOnly() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                let steps = [BatchStep(operation: "test.append"), BatchStep(operation: "test.count")]
                let id = try await jobs.submit(
                    BatchSubmission(inputs: [BatchInput(.file("file0"))], steps: steps), by: Self.principal)
                let batch = try await Self.ended(id, jobs)
                #expect(batch.items[0].measurements?["bytes"] == 2 && batch.items[0].files.isEmpty)
            }
        }
    }

    @Test func manyInputsOfOneOperationAreABatch() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                let submission = JobSubmission(
                    operation: "test.append", inputs: ["file0", "file1"], parameters: ["word": "!"], idempotencyKey: "k")
                guard case .batch(let id) = try await jobs.submit(submission, by: Self.principal) else {
                    Issue.record("not a batch")
                    return
                }
                #expect(Self.texts(try await Self.ended(id, jobs)) == ["0!", "1!"])
                guard case .batch(let again) = try await jobs.submit(submission, by: Self.principal) else { return }
                #expect(again == id)
            }
        }
    }

    @Test func wrongBatchesAreRefusedAsAWhole() async throws {
        try await withRoad { road in
            try await road.serve(hasWorker: false) { jobs in
                let file = BatchInput(.file("file0"))
                let append = BatchStep(operation: "test.append")
                let wrong: [(BatchSubmission, String)] = [
                    (BatchSubmission(inputs: [], steps: [append]), "batch-not-possible"),
                    (BatchSubmission(inputs: [file], steps: []), "batch-not-possible"),
                    (BatchSubmission(inputs: [file], steps: [BatchStep(operation: "test.count"), append]), "batch-not-possible"),
                    (BatchSubmission(inputs: [file], steps: [BatchStep(operation: "test.nothing")]), "unknown-operation"),
                    (BatchSubmission(inputs: [file, BatchInput(.file("nowhere"))], steps: [append]), "file-not-found"),
                    (BatchSubmission(inputs: [BatchInput(.url("file:///etc/passwd"))], steps: [append]), "batch-not-possible"),
                    (Self.chain([BatchInput(.file("file0"), overrides: ["colour": "red"])], ["a"]), "batch-not-possible"),
                    (Self.chain([file, BatchInput(.file("file1"), overrides: ["failures": "many"])], ["a"]), "wrong-type"),
                    (Self.chain([BatchInput(.file("file0"), overrides: ["failures": 99])], ["a"]), "out-of-range"),
                    (BatchSubmission(inputs: Array(repeating: file, count: 1001), steps: [append]), "batch-not-possible"),
                ]
                for (submission, code) in wrong {
                    await #expect { try await jobs.submit(submission, by: Self.principal) } throws: { error in
                        (error as? JobError)?.code == code
                    }
                }
                var stranger = Self.principal
                stranger.owner = "bob"
                let id = try await jobs.submit(Self.chain([file], ["a"]), by: Self.principal)
                await #expect(throws: JobError.self) { try await jobs.batch(id, for: stranger) }
                await #expect(throws: JobError.self) { try await jobs.cancelBatch(id, for: stranger) }
                await #expect(throws: JobError.self) { try await jobs.retryBatch(id, for: stranger) }
            }
        }
    }
}
