import Contracts
import FoundationEssentials
import Jobs
import Messaging
import Persistence
import Primitives
import Synchronization
import TestSupport
import Testing

/// What must hold when things come at the wrong moment, are too large, or are left behind.
@Suite(.serialized) struct JobFaultTests {
    struct Parameters: Sendable {
        var text = "a"
        var measured = 0
    }

    /// Writes its text; measures as much as it is told.
    enum Write: Operation {
        static let name = "test.write"
        static let summary = "Writes."
        static let inputs = InputRule(.any, count: 0...1)
        static let schema = Schema(Parameters()) {
            Field.text("text", \.text, maximumLength: 1_000_000, "The text.")
            Field.integer("measured", \.measured, in: 0...1_000_000, "Bytes of measurements.")
        }
        static let output = OutputDescription(files: "The text.")
        static let isolation = Isolation.inProcess

        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
            try Data(parameters.text.utf8).write(to: URL(filePath: context.outputFolder + "/out.txt"))
            return JobOutput(
                files: [JobOutput.File(name: "out.txt", mediaType: "text/plain")],
                measurements: [
                    "bytes": JSONValue(parameters.text.utf8.count),
                    "much": .string(String(repeating: "m", count: parameters.measured)),
                ])
        }
    }

    private static let ann = Principal.test("ann")

    /// - Parameter change: of the settings.
    private func withRoad(
        _ change: (inout JobServiceSettings) -> Void = { _ in }, _ body: @escaping @Sendable (TestRoad) async throws -> Void
    ) async throws {
        // As strict as the server of the studio.
        var road = try await TestRoad([AnyOperation(Write.self)], server: "max_payload: 128KB")
        change(&road.settings)
        defer { road.nats.stop() }
        try await body(road)
    }

    private static func submit(_ parameters: JSONValue, to jobs: JobService, key: String? = nil) async throws -> JobDocument {
        let submission = JobSubmission(operation: "test.write", inputs: [], parameters: parameters, idempotencyKey: key)
        guard case .job(let job) = try await jobs.submit(submission, by: ann) else { throw TestFailure(message: "a batch") }
        return job
    }

    private static func ended(_ job: JobDocument, _ jobs: JobService) async throws -> JobDocument {
        try await jobs.wait(for: job.id, principal: ann, limit: .seconds(30))
    }

    private static func long(_ letter: Character = "x") -> JSONValue {
        ["text": .string(String(repeating: letter, count: 300_000))]
    }

    @Test func parametersLargerThanAMessageReachTheWorker() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                let job = try await Self.submit(Self.long(), to: jobs)
                let small = try await Self.submit([:], to: jobs)
                let ended = try await Self.ended(job, jobs)
                #expect(ended.state == .succeeded && ended.result?.measurements["bytes"] == 300_000)
                #expect(ended.parameters?["text"]?.stringValue?.count == 300_000)
                #expect(try await Self.ended(small, jobs).state == .succeeded)
                #expect(try await jobs.jobs(for: Self.ann).allSatisfy { $0.parameters == nil }, "lists stay small")
            }
        }
    }

    @Test func resultsLargerThanAMessageFailClearly() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                let ended = try await Self.ended(try await Self.submit(["measured": 200_000], to: jobs), jobs)
                #expect(ended.state == .failed && ended.problem?.code == "result-too-large" && ended.attempts == 1)
            }
        }
    }

    @Test func forgottenJobsLeaveNothing() async throws {
        try await withRoad {
            $0.retention = .zero
            $0.silence = .milliseconds(400)
        } _: { road in
            try await road.serve { jobs in
                let job = try await Self.submit(Self.long(), to: jobs, key: "once")
                try await eventually("the job is forgotten") {
                    (try? await jobs.job(job.id, for: Self.ann)) == nil
                }
                try await eventually("its blobs are let go of") {
                    let folders = try FileManager.default.subpathsOfDirectory(atPath: road.folder.appending("blobs"))
                    return folders.allSatisfy { !$0.contains(job.id) }
                }
                // Its key went with it.
                #expect(try await Self.submit(Self.long(), to: jobs, key: "once").id != job.id)
            }
        }
    }

    @Test func jobsCancelledWhileTheyEndLeaveNoFile() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                let job = Mutex<String?>(nil)
                road.files.beforeRegister.withLock {
                    $0 = {
                        // The job is known once it was submitted.
                        try? await eventually("the job is known") { job.withLock { $0 } != nil }
                        _ = try? await jobs.cancel(job.withLock { $0 } ?? "", for: Self.ann)
                    }
                }
                let submitted = try await Self.submit(["text": "late"], to: jobs)
                job.withLock { $0 = submitted.id }
                #expect(try await Self.ended(submitted, jobs).state == .cancelled)
                try await eventually("its file is taken back") { road.files.known.withLock { $0.isEmpty } }
            }
        }
    }

    /// Who has no room for the result is told so, and the work is not done again.
    @Test func aResultThatCanNotBeKeptFailsTheJobOnce() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                road.files.refusal.withLock { $0 = JobProblem(code: "quota-exceeded", message: "the quota is used up") }
                let ended = try await Self.ended(try await Self.submit([:], to: jobs), jobs)
                #expect(ended.state == .failed && ended.problem?.code == "quota-exceeded" && ended.attempts == 1, "\(ended)")
                try await eventually("its blobs are let go of") {
                    let files = try FileManager.default.subpathsOfDirectory(atPath: road.folder.appending("blobs"))
                    return files.allSatisfy { !$0.contains(ended.id) }
                }
            }
        }
    }

    /// What a cancelled attempt tells late does not end the one after it.
    @Test func aJobThatIsCancelledAndRetriedAtOnceRuns() async throws {
        try await withRoad { road in
            try await road.serve(hasWorker: false) { jobs in
                let job = try await Self.submit([:], to: jobs)
                let first = try #require(try await jobs.begin(JobBegin(id: job.id, worker: "a")).attempt)
                _ = try await jobs.cancel(job.id, for: Self.ann)
                _ = try await jobs.retry(job.id, for: Self.ann)
                let late = JobOutcome(
                    id: job.id, worker: "a", attempt: first,
                    problem: JobProblem(code: "cancelled", message: "the job was cancelled"))
                #expect(try await jobs.finish(late).retryAfterSeconds == nil)
                #expect(try await jobs.job(job.id, for: Self.ann).state == .queued)
                let second = try #require(try await jobs.begin(JobBegin(id: job.id, worker: "b")).attempt)
                _ = try await jobs.finish(late)
                #expect(try await jobs.job(job.id, for: Self.ann).state == .running)
                let passing = JobProblem(code: "busy", message: "busy", isRetriable: true)
                let told = JobOutcome(id: job.id, worker: "b", attempt: second, problem: passing)
                #expect(try await jobs.finish(told).retryAfterSeconds != nil)
                #expect(try await jobs.finish(told).retryAfterSeconds != nil, "an order whose answer was lost is not dropped")
            }
            try await road.serve { jobs in
                let job = try #require(try await jobs.jobs(for: Self.ann).first)
                #expect(try await Self.ended(job, jobs).state == .succeeded)
            }
        }
    }

    /// Whoever reads slowly hears the end all the same.
    @Test func slowFollowersAreToldTheEnd() async throws {
        try await withRoad { road in
            try await road.serve(hasWorker: false) { jobs in
                let job = try await Self.submit([:], to: jobs)
                let told = Mutex<[JobState]>([])
                let isStuck = Mutex(true)
                let follower = Task {
                    try await jobs.follow(job.id, principal: Self.ann) { document, _ in
                        told.withLock { $0.append(document.state) }
                        try await eventually("it reads on") { !isStuck.withLock { $0 } }
                    }
                }
                try await eventually("it follows") { told.withLock { !$0.isEmpty } }
                for _ in 0..<100 { _ = try await jobs.begin(JobBegin(id: job.id, worker: "a")) }
                _ = try await jobs.cancel(job.id, for: Self.ann)
                isStuck.withLock { $0 = false }
                try await follower.value
                #expect(told.withLock { $0.last } == .cancelled)
                #expect(told.withLock { $0.count } < 100, "it was slow")
            }
        }
    }

    /// A folder that was not meant for scratch keeps what it has.
    @Test func scratchFoldersKeepWhatIsOthers() async throws {
        try await withRoad { road in
            let scratch = road.folder.appending("scratch")
            for name in ["holiday", "runner_left"] {
                try FileManager.default.createDirectory(atPath: scratch + "/" + name, withIntermediateDirectories: true)
            }
            try await road.serve { _ in
                let names = try FileManager.default.contentsOfDirectory(atPath: scratch)
                #expect(names.contains("holiday") && !names.contains("runner_left"))
            }
        }
    }

    @Test func refusedSubmissionsLeaveNoFile() async throws {
        try await withRoad {
            $0.maximumOpenJobs = 1
        } _: { road in
            try await road.serve { jobs in
                _ = try await Self.ended(try await Self.submit([:], to: jobs), jobs)
                #expect(road.files.known.withLock { $0.count } == 1)
            }
            try await road.serve(hasWorker: false) { jobs in
                _ = try await Self.submit(["text": "b"], to: jobs)
                // The result is there already, but one is open and one is the most.
                await #expect { try await Self.submit([:], to: jobs) } throws: { ($0 as? JobError)?.code == "too-many-jobs" }
                #expect(road.files.known.withLock { $0.count } == 1)
            }
        }
    }

    @Test func anEndedJobNeverChanges() async throws {
        try await withRoad { road in
            try await road.serve { jobs in
                let job = try await Self.ended(try await Self.submit([:], to: jobs), jobs)
                await #expect { try await jobs.retry(job.id, for: Self.ann) } throws: {
                    ($0 as? JobError)?.code == "job-not-repeatable"
                }
                #expect(try await jobs.cancel(job.id, for: Self.ann).state == .succeeded)
            }
            try await road.serve(hasWorker: false) { jobs in
                let job = try await Self.submit(["text": "b"], to: jobs)
                _ = try await jobs.cancel(job.id, for: Self.ann)
                // Of many who want it again at once, one gets it.
                let again = await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<8 { group.addTask { (try? await jobs.retry(job.id, for: Self.ann)) != nil } }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(again == 1)
            }
        }
    }

    @Test func scratchOfKilledRunnersIsRemoved() async throws {
        try await withRoad { road in
            let left = road.folder.appending("scratch/runner_killed/run_1")
            try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
            func runner() throws -> JobRunner {
                try JobRunner(
                    catalogue: road.catalogue, blobs: road.blobs, scratchFolder: road.folder.appending("scratch"),
                    sandbox: try Sandbox(), slots: 1, memory: Slots(1))
            }
            let runners = [try runner(), try runner()]
            let folders = try FileManager.default.contentsOfDirectory(atPath: road.folder.appending("scratch"))
            #expect(folders.count == 2 && !folders.contains("runner_killed"), "\(folders)")
            withExtendedLifetime(runners) {}
        }
    }

    @Test func aBatchKeepsItsParametersOnce() async throws {
        try await withRoad { road in
            for number in 0..<3 { try await road.files.add("\(number)", as: "file\(number)", to: road.blobs) }
            try await road.serve(hasWorker: false) { jobs in
                var inputs = (0..<200).map { BatchInput(.file("file\($0 % 3)")) }
                inputs[7].overrides = ["text": "seven"]
                let steps = [BatchStep(operation: "test.write", parameters: Self.long())]
                _ = try await jobs.submit(BatchSubmission(inputs: inputs, steps: steps), by: Self.ann)
            }
            let database = try await road.open()
            let size = try await database.read { connection in
                try connection.first("SELECT sum(length(source) + length(overrides) + length(file)) AS n FROM batch_item") {
                    try $0.integer("n")
                }
            }
            #expect((size ?? 0) < 200_000, "200 items of parameters of 300,000 characters")
            await database.close()
        }
    }
}
