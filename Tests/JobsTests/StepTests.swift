import Blobs
import Contracts
import FoundationEssentials
import Jobs
import Primitives
import Synchronization
import TestSupport
import Testing

/// Operations inside the worker that have others run in sandboxes. A script stands for the service's own program.
@Suite struct StepTests {
    struct Parameters: Sendable {
        var operation = "test.look"
    }

    /// Has another operation run twice and tells what it gave.
    enum Ask: Operation {
        static let name = "test.ask"
        static let summary = "Asks another operation."
        static let inputs = InputRule(.any, count: 1...2)
        static let schema = Schema(Parameters()) { Field.text("operation", \.operation, maximumLength: 100, "Which.") }
        static let output = OutputDescription(files: "What it wrote.")
        static let isolation = Isolation.inProcess

        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
            var texts: [JSONValue] = []
            for input in context.inputs.indices.reversed() {
                let step = try await context.step(parameters.operation, ["much": 7], on: [input], share: 0.5)
                for file in step.output.files {
                    texts.append(.string(try String(contentsOfFile: step.folder + "/" + file.name, encoding: .utf8)))
                }
            }
            return JobOutput(measurements: ["texts": .array(texts)])
        }
    }

    /// What the script stands for.
    enum Look: Operation {
        struct Parameters: Sendable {
            var much = 1
        }

        static let name = "test.look"
        static let summary = "Looks at an input."
        static let inputs = InputRule(.any)
        static let schema = Schema(Parameters()) { Field.integer("much", \.much, in: 1...9, "How much.") }
        static let output = OutputDescription(files: "What there is.")
        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput { JobOutput() }
    }

    private struct Stage: Sendable {
        let folder: TemporaryFolder
        let runner: JobRunner
        private let blobs: LocalBlobStore

        /// - Parameter script: what the program does; its command is in `$command`.
        init(_ script: String) throws {
            folder = try TemporaryFolder("steps")
            let program = folder.appending("program")
            let text = "#!/bin/sh\ncommand=$(cat)\n\(script)\n"
            try #require(
                FileManager.default.createFile(
                    atPath: program, contents: Data(text.utf8), attributes: [.posixPermissions: 0o755]))
            blobs = try LocalBlobStore(root: folder.appending("blobs"), quota: nil, minimumFree: .bytes(0))
            runner = try JobRunner(
                catalogue: OperationCatalogue(service: "test", [AnyOperation(Ask.self), AnyOperation(Look.self)]), blobs: blobs,
                scratchFolder: folder.appending("scratch"), sandbox: Sandbox(executable: program), slots: 1, memory: Slots(1 << 40))
        }

        func run(
            _ parameters: JSONValue = [:], _ texts: [String] = ["one"], onReport: @escaping @Sendable (JobReport) -> Void = { _ in }
        ) async throws -> JobResult {
            var inputs: [JobFile] = []
            for text in texts {
                let writer = try await blobs.writer()
                try await writer.append(Bytes(text.utf8))
                let blob = try await writer.commit(owner: BlobOwner(service: "gateway", id: text))
                inputs.append(JobFile(file: text, digest: blob.digest, size: blob.size, name: text, mediaType: "text/plain"))
            }
            let order = JobOrder(
                id: Identifier.make("job"), operation: "test.ask", inputs: inputs, parameters: parameters, owner: "ann")
            return try await runner.run(order, onReport: onReport)
        }

        func code(_ parameters: JSONValue = [:]) async -> String? {
            do {
                _ = try await run(parameters)
                return nil
            } catch {
                return (error as? any CodedError)?.code ?? "\(error)"
            }
        }

        func expectNothingIsLeft() throws {
            let left = try FileManager.default.subpathsOfDirectory(atPath: folder.appending("scratch"))
            #expect(left.allSatisfy { !$0.contains("/") }, "\(left)")
        }
    }

    /// Answers with a file that holds what it was given.
    private static let answer = """
        case "$command" in *'"much":7'*) ;; *) exit 3;; esac
        echo '{"progress":1,"stage":"looking"}'
        for input in /job/in/*; do cat "$input" > /job/out/seen; done
        ls /job/in | wc -l >> /job/out/seen
        echo '{"output":{"files":[{"name":"seen","mediaType":"text/plain"}],"measurements":{},\
        "usage":{"cpu_seconds":0.5,"peak_memory_bytes":1000}}}'
        """

    @Test func stepsGetTheirInputsAndGiveTheirFiles() async throws {
        let stage = try Stage(Self.answer)
        defer { stage.folder.remove() }
        let told = Mutex<[Double]>([])
        let result = try await stage.run([:], ["one", "two"]) { report in told.withLock { $0.append(report.fraction) } }
        #expect(result.measurements["texts"] == ["two1\n", "one1\n"], "\(result.measurements)")
        #expect(result.usage?.cpuSeconds == 1 && result.usage?.peakMemoryBytes == 1000, "of both together")
        #expect(told.withLock { $0 } == [0.5, 0.5])
        try stage.expectNothingIsLeft()
    }

    @Test func whatIsNoStepIsRefused() async throws {
        let stage = try Stage(Self.answer)
        defer { stage.folder.remove() }
        #expect(await stage.code(["operation": "test.nothing"]) == "unknown-operation")
        #expect(await stage.code(["operation": "test.ask"]) == "unknown-operation", "one inside the worker is none")
        let alone = JobContext(inputs: [.init(path: "/", name: "a", mediaType: "")], outputFolder: stage.folder.path)
        let error = await #expect(throws: JobProblem.self) { try await Ask.run(Parameters(), in: alone) }
        #expect(error?.code == "no-steps")
        try stage.expectNothingIsLeft()
    }

    @Test(arguments: [
        ("kill -9 $$", "process-crashed"), ("exit 7", "process-failed"),
        (#"echo '{"problem":{"code":"not-media","message":"it is none","retriable":false}}'"#, "not-media"),
        (#"echo '{"output":{"files":[{"name":"gone","mediaType":""}],"measurements":{}}}'"#, "invalid-output"),
        (#"echo '{"output":{"files":[{"name":"../out","mediaType":""}],"measurements":{}}}'"#, "invalid-output"),
    ])
    func aStepThatFailsEndsTheJob(_ script: String, _ code: String) async throws {
        let stage = try Stage(script)
        defer { stage.folder.remove() }
        #expect(await stage.code() == code)
        try stage.expectNothingIsLeft()
    }

    @Test(.timeLimit(.minutes(1))) func cancellingEndsTheStep() async throws {
        let stage = try Stage("echo '{\"progress\":0.5}'; exec sleep 600")
        defer { stage.folder.remove() }
        // The one place for processes is free again after the first.
        for round in ["first", "second"] {
            let begun = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            let job = Task { try await stage.run { _ in begun.continuation.yield() } }
            for await _ in begun.stream { break }
            job.cancel()
            await #expect(throws: CancellationError.self, "the \(round)") { try await job.value }
            try stage.expectNothingIsLeft()
        }
    }
}
