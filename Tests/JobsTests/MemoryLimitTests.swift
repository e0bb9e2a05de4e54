import Contracts
import Primitives
import TestSupport
import Testing

@testable import Jobs

/// What is said of a job that took all the memory that it may.
@Suite struct MemoryLimitTests {
    private static let limits = ResourceLimits(cpuSeconds: 60, wallSeconds: 60, memoryBytes: 2 << 30, fileBytes: 1 << 20)

    private func problem(_ script: String) throws -> JobProblem? {
        try #require(throws: JobProblem.self) {
            try ProcessRun().run(Self.limits, onReport: { _ in }) { try ChildProcess(["/usr/bin/dash", "-c", script], input: []) }
        }
    }

    /// A long backtrace may follow what a runtime says.
    @Test(arguments: [
        "echo 'Fatal error: failed to allocate 4194336 bytes of memory with alignment 8' >&2; seq 1 9999 >&2; kill -ABRT $$",
        "echo \"terminate called after throwing an instance of 'std::bad_alloc'\" >&2; kill -ABRT $$",
        "echo '{\"problem\":{\"code\":\"out-of-memory\",\"message\":\"none left\",\"retriable\":true}}'",
        "echo 'Fatal error: failed to allocate 88 bytes' >&2; exit 134",
    ])
    func itIsCalledByItsName(_ script: String) throws {
        let problem = try problem(script)
        #expect(problem?.code == "memory-limit" && problem?.isRetriable == false)
        #expect(problem?.message.contains("2048 MB") == true)
    }

    @Test func otherCrashesAreNot() throws {
        #expect(try problem("echo 'Fatal error: Index out of range' >&2; kill -ILL $$")?.code == "process-crashed")
    }
}
