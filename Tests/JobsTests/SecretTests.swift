import Contracts
import FoundationEssentials
import Jobs
import Messaging
import Primitives
import TestSupport
import Testing

/// Secrets among parameters: unreadable wherever a job is stored, and there when it runs, in this life of the service or the next.
@Suite(.serialized) struct SecretTests {
    private static let secret = "open sesame, the caravan is here"
    private static let principal = Principal.test("ann")

    /// Tells what it was given in a way that the whole secret is nowhere.
    enum Vault: Operation {
        struct Parameters: Sendable {
            var secret = ""
            var note = ""
        }

        static let name = "test.vault"
        static let summary = "Keeps a secret."
        static let inputs = InputRule(.any)
        static let schema = Schema(Parameters()) {
            Field.secret("secret", \.secret, required: true, "What nobody else may see.")
            Field.text("note", \.note, maximumLength: 100_000, "What everybody may see.")
        }
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess
        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
            JobOutput(measurements: ["reversed": .string(String(parameters.secret.reversed()))])
        }
    }

    private func withRoad(_ body: (inout TestRoad) async throws -> Void) async throws {
        var road = try await TestRoad([AnyOperation(Vault.self)])
        for number in 0..<3 { try await road.files.add("\(number)", as: "file\(number)", to: road.blobs) }
        defer { road.nats.stop() }
        try await body(&road)
    }

    private func submit(_ jobs: JobService, _ secret: String = secret, note: String = "", key: String? = nil) async throws
        -> JobDocument
    {
        let parameters: JSONValue = ["secret": .string(secret), "note": .string(note)]
        let submission = JobSubmission(operation: "test.vault", inputs: ["file0"], parameters: parameters, idempotencyKey: key)
        guard case .job(let job) = try await jobs.submit(submission, by: Self.principal) else { throw JobError.notFound("") }
        return job
    }

    /// Everything that the service has on disk.
    private func stored(_ road: TestRoad) throws -> String {
        let folder = road.folder.path
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
        try #require(paths.contains { $0.contains("test.sqlite") })
        return paths.compactMap { FileManager.default.contents(atPath: folder + "/" + $0) }
            .map { String(decoding: $0, as: UTF8.self) }.joined()
    }

    /// Submitted in one life, run in the next. Large parameters travel as a blob.
    @Test(arguments: ["", String(repeating: "n", count: 50_000)]) func jobsKeepTheirSecretsOverARestart(note: String) async throws {
        try await withRoad { road in
            let server = road.nats.url
            let id = try await road.serve(hasWorker: false) { jobs in
                var messaging = MessagingConfiguration(name: "reader")
                messaging.servers = [server]
                let reader = try await MessageBus.connect(messaging)
                let orders = try await reader.subscribe(Subjects.job("test.vault"), queue: nil, capacity: 8)
                let job = try await submit(jobs, note: note)
                for try await order in orders {
                    let text = String(decoding: order.payload, as: UTF8.self)
                    #expect(text.contains(job.id) && !text.contains(Self.secret))
                    break
                }
                await reader.drain()
                return job.id
            }
            #expect(!(try stored(road)).contains(Self.secret))
            try await road.serve { jobs in
                let ended = try await jobs.wait(for: id, principal: Self.principal, limit: .seconds(30))
                #expect(ended.result?.measurements["reversed"]?.stringValue == String(Self.secret.reversed()), "\(ended)")
                #expect(ended.parameters?["secret"] == "***")
            }
            #expect(!(try stored(road)).contains(Self.secret))
        }
    }

    /// Equal secrets are known as equal, for the cache and for repeated calls; others are not.
    @Test func identicalJobsAreStillKnown() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                let first = try await submit(jobs, key: "k")
                _ = try await jobs.wait(for: first.id, principal: Self.principal, limit: .seconds(30))
                #expect(try await submit(jobs, key: "k").id == first.id)
                let again = try await submit(jobs)
                #expect(again.cached && again.id != first.id)
                #expect(!(try await submit(jobs, "another").cached))
                await #expect(throws: JobError.self) { try await submit(jobs, "another", key: "k") }
            }
        }
    }

    @Test func batchesKeepTheirSecretsOverARestart() async throws {
        try await withRoad { road in
            let other = "one of a thousand and one"
            let id = try await road.serve(hasWorker: false) { jobs in
                let inputs = [BatchInput(.file("file1")), BatchInput(.file("file2"), overrides: ["1.secret": .string(other)])]
                let steps = [BatchStep(operation: "test.vault", parameters: ["secret": .string(Self.secret)])]
                return try await jobs.submit(BatchSubmission(inputs: inputs, steps: steps), by: Self.principal)
            }
            let text = try stored(road)
            #expect(!text.contains(Self.secret) && !text.contains(other))
            try await road.serve { jobs in
                try await eventually("the batch ends") { try await jobs.batch(id, for: Self.principal).finished }
                let batch = try await jobs.batch(id, for: Self.principal, isDetailed: true)
                #expect(
                    batch.items.map { $0.measurements?["reversed"]?.stringValue }
                        == [Self.secret, other].map { String($0.reversed()) }, "\(batch)")
                #expect(batch.steps[0].parameters["secret"] == "***")
            }
        }
    }

    /// The job ends with a problem that says so; it does not hang or run with something else.
    @Test func withoutTheKeyNothingIsOpened() async throws {
        try await withRoad { road in
            let id = try await road.serve(hasWorker: false) { try await submit($0).id }
            road.settings.seal = SecretSeal(key: Bytes("another key of at least 32 bytes!".utf8))
            try await road.serve { jobs in
                let ended = try await jobs.wait(for: id, principal: Self.principal, limit: .seconds(30))
                #expect(ended.state == .failed && ended.problem?.code == "secret-unreadable", "\(ended)")
            }
        }
    }
}
