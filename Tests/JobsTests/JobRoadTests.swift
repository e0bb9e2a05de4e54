import Blobs
import Contracts
import Jobs
import Messaging
import Persistence
import Primitives
import Synchronization
import TestSupport
import Testing

/// The job engine against a real nats-server, SQLite and blob store; operations run inside the worker.
@Suite(.serialized) struct JobRoadTests {
    struct NoParameters: Sendable {}

    enum Echo: Operation {
        static let name = "test.echo"
        static let summary = "Does nothing."
        static let inputs = InputRule(.any, count: 0...1)
        static let schema = Schema(NoParameters()) {}
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess
        static func run(_ parameters: NoParameters, in context: JobContext) async throws -> JobOutput {
            JobOutput(measurements: ["said": true])
        }
    }

    /// Fails in a way that may pass, as often as it is told.
    enum Flaky: Operation {
        struct Parameters: Sendable { var failures = 1 }

        static let attempts = Mutex<[String: Int]>([:])
        static let name = "test.flaky"
        static let summary = "Fails at first."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(Parameters()) { Field.integer("failures", \.failures, in: 0...99, "How often it fails.") }
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess
        static let isCacheable = false

        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
            let attempt = attempts.withLock { attempts in
                attempts["\(parameters.failures)", default: 0] += 1
                return attempts["\(parameters.failures)"]!
            }
            if attempt <= parameters.failures { throw JobProblem(code: "moody", message: "not now", isRetriable: true) }
            return JobOutput()
        }
    }

    enum Endless: Operation {
        static let name = "test.endless"
        static let summary = "Goes on until it is cancelled."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(NoParameters()) {}
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess
        static func run(_ parameters: NoParameters, in context: JobContext) async throws -> JobOutput {
            context.report(0.5, "waiting")
            try await Task.sleep(for: .seconds(600))
            return JobOutput()
        }
    }

    /// Says how long its secret is, so that it can be told from another without being shown.
    enum Whisper: Operation {
        struct Parameters: Sendable {
            var secret = ""
            var fails = false
        }

        static let name = "test.whisper"
        static let summary = "Keeps a secret."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(Parameters()) {
            Field.secret("secret", \.secret, required: true, "What nobody else may see.")
            Field.flag("fails", \.fails, "Whether it fails.")
        }
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess
        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
            if parameters.fails { throw JobProblem(code: "moody", message: "never") }
            return JobOutput(measurements: ["length": JSONValue(parameters.secret.utf8.count)])
        }
    }

    /// Finds three things; at the first attempt it fails before the last.
    enum Finder: Operation {
        static let attempts = Atomic(0)
        static let name = "test.finder"
        static let summary = "Tells what it finds."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(NoParameters()) {}
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess
        static let isCacheable = false

        static func run(_ parameters: NoParameters, in context: JobContext) async throws -> JobOutput {
            let attempt = attempts.wrappingAdd(1, ordering: .relaxed).newValue
            for number in 1...3 {
                if attempt == 1 && number == 3 {
                    throw JobProblem(code: "moody", message: "not now", isRetriable: true)
                }
                context.report(Double(number) / 3, "found", partial: ["attempt": JSONValue(attempt), "number": JSONValue(number)])
            }
            return JobOutput()
        }
    }

    static let operations = [
        AnyOperation(Echo.self), AnyOperation(Flaky.self), AnyOperation(Endless.self), AnyOperation(Finder.self),
        AnyOperation(Whisper.self),
    ]
    static let principal = Principal.test("ann", [.admin])

    /// Runs `body` with an owner and a worker at work.
    private func withRoad(_ body: @escaping @Sendable (JobService, NATSServer) async throws -> Void) async throws {
        var road = try await TestRoad(Self.operations)
        road.settings.retry = RetryPolicy(maximumAttempts: 3, base: .milliseconds(10), cap: .milliseconds(50))
        defer { road.nats.stop() }
        let nats = road.nats
        try await road.serve { try await body($0, nats) }
    }

    private func submit(_ operation: String, _ parameters: JSONValue = [:], to jobs: JobService, key: String? = nil) async throws
        -> JobDocument
    {
        let submission = JobSubmission(operation: operation, inputs: [], parameters: parameters, idempotencyKey: key)
        guard case .job(let job) = try await jobs.submit(submission, by: Self.principal) else { throw JobError.notFound("") }
        return job
    }

    /// Followers are told every piece of an attempt once and in order, whenever they came.
    @Test func piecesOfTheResultAreToldAsTheyAreFound() async throws {
        try await withRoad { jobs, _ in
            let job = try await submit("test.finder", to: jobs)
            try await withThrowingTaskGroup(of: [JSONValue].self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        var found: [JSONValue] = []
                        try await jobs.follow(job.id, principal: Self.principal) { _, partials in found += partials.map(\.content) }
                        return found
                    }
                }
                let whole: [JSONValue] = (1...3).map { ["attempt": 2, "number": JSONValue($0)] }
                for try await found in group {
                    #expect(found.filter { $0["attempt"] == 2 } == whole)
                    #expect(found.count <= 5)
                }
            }
        }
    }

    @Test func runsJobsOnceAndAnswersRepeatsFromTheCache() async throws {
        try await withRoad { jobs, _ in
            let first = try await submit("test.echo", to: jobs)
            #expect(first.state == .queued)
            let ended = try await jobs.wait(for: first.id, principal: Self.principal, limit: .seconds(20))
            #expect(ended.state == .succeeded)
            #expect(ended.attempts == 1)
            #expect(ended.result?.measurements == ["said": true])
            let second = try await submit("test.echo", to: jobs)
            #expect(second.cached && second.state == .succeeded)
        }
    }

    @Test func retriesWhatMayPass() async throws {
        Flaky.attempts.withLock { $0 = [:] }
        try await withRoad { jobs, _ in
            let job = try await submit("test.flaky", ["failures": 2], to: jobs)
            let ended = try await jobs.wait(for: job.id, principal: Self.principal, limit: .seconds(30))
            #expect(ended.state == .succeeded)
            #expect(ended.attempts == 3)
        }
    }

    @Test func givesUpAfterTheLastAttemptAndKeepsADeadLetter() async throws {
        Flaky.attempts.withLock { $0 = [:] }
        try await withRoad { jobs, nats in
            let job = try await submit("test.flaky", ["failures": 50], to: jobs)
            let ended = try await jobs.wait(for: job.id, principal: Self.principal, limit: .seconds(30))
            #expect(ended.state == .failed)
            #expect(ended.problem?.code == "moody")
            #expect(ended.attempts == 3)
            var messaging = MessagingConfiguration(name: "reader")
            messaging.servers = [nats.url]
            let reader = try await MessageBus.connect(messaging)
            try await eventually("the letter is kept") { try await reader.streamUsage(Subjects.deadStream).messages > 0 }
            await reader.drain()
            let again = try await jobs.retry(job.id, for: Self.principal)
            #expect(again.state == .queued)
        }
    }

    /// What the job gets, documents, events and dead letters do not have.
    @Test func secretsReachTheJobAndNobodyElse() async throws {
        try await withRoad { jobs, nats in
            var messaging = MessagingConfiguration(name: "reader")
            messaging.servers = [nats.url]
            let reader = try await MessageBus.connect(messaging)
            let events = try await reader.subscribe("avstudio.event.>", queue: nil, capacity: 64)
            let dead = try await reader.subscribe(Subjects.dead, queue: nil, capacity: 64)
            let secret = "open sesame"
            var shown: [String] = []
            for fails in [false, true] {
                let job = try await submit("test.whisper", ["secret": .string(secret), "fails": .bool(fails)], to: jobs)
                let ended = try await jobs.wait(for: job.id, principal: Self.principal, limit: .seconds(20))
                #expect(ended.state == (fails ? .failed : .succeeded))
                if !fails { #expect(ended.result?.measurements["length"] == 11) }
                try await jobs.follow(job.id, principal: Self.principal) { job, _ in #expect(!"\(job)".contains(secret)) }
                for document in [job, ended] + (try await jobs.jobs(for: Self.principal)) { shown.append("\(document)") }
                if fails { shown.append("\(try await jobs.retry(job.id, for: Self.principal))") }
            }
            #expect(shown.allSatisfy { !$0.contains(secret) })
            #expect(shown.contains { $0.contains("***") })
            var count = 0
            for try await event in events {
                #expect(!String(decoding: event.payload, as: UTF8.self).contains(secret))
                count += 1
                if count == 5 { break }
            }
            for try await letter in dead {
                #expect(!String(decoding: letter.payload, as: UTF8.self).contains(secret))
                break
            }
            await reader.drain()
        }
    }

    /// What those who look for services are told: jobs that workers have ended, not answers from the cache.
    @Test func countsTheWorkOfEachOperation() async throws {
        try await withRoad { jobs, _ in
            for _ in 0..<2 {
                let job = try await submit("test.echo", to: jobs)
                _ = try await jobs.wait(for: job.id, principal: Self.principal, limit: .seconds(20))
            }
            let failing = try await submit("test.whisper", ["secret": "x", "fails": true], to: jobs)
            _ = try await jobs.wait(for: failing.id, principal: Self.principal, limit: .seconds(20))
            try await eventually("both ends are counted") {
                jobs.work(of: "test.echo").jobs.requests == 1 && jobs.work(of: "test.whisper").jobs.requests == 1
            }
            let (echo, whisper) = (jobs.work(of: "test.echo").jobs, jobs.work(of: "test.whisper").jobs)
            #expect(echo.errors == 0 && echo.lastError.isEmpty && echo.processingTime > .zero)
            #expect(whisper.errors == 1 && whisper.lastError == "moody: never")
            #expect(jobs.work(of: "test.endless").jobs.requests == 0)
        }
    }

    @Test func cancelsARunningJob() async throws {
        try await withRoad { jobs, _ in
            let job = try await submit("test.endless", to: jobs)
            try await eventually("the job runs") { try await jobs.job(job.id, for: Self.principal).state == .running }
            let cancelled = try await jobs.cancel(job.id, for: Self.principal)
            #expect(cancelled.state == .cancelled)
            #expect(try await jobs.job(job.id, for: Self.principal).state == .cancelled)
        }
    }

    @Test func killingTheQueueServerLosesNoJob() async throws {
        try await withRoad { jobs, nats in
            var ids: [String] = []
            for number in 0..<50 {
                ids.append(try await submit("test.flaky", ["failures": 0], to: jobs, key: "job-\(number)").id)
                if number == 25 {
                    nats.kill()
                    try await nats.restart()
                }
            }
            for id in ids {
                let ended = try await jobs.wait(for: id, principal: Self.principal, limit: .seconds(40))
                #expect(ended.state == .succeeded, "\(ended)")
            }
        }
    }

    @Test func othersDoNotSeeAJob() async throws {
        try await withRoad { jobs, _ in
            let job = try await submit("test.echo", to: jobs)
            var stranger = Self.principal
            (stranger.owner, stranger.scopes) = ("bob", [])
            await #expect(throws: JobError.self) { try await jobs.job(job.id, for: stranger) }
        }
    }
}
