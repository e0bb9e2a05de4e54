import Glibc
import Testing

@testable import Jobs

/// The end of a process is noticed whatever becomes of its output.
@Suite struct ChildProcessTests {
    private func process(_ script: String) throws -> ChildProcess {
        try ChildProcess(["/usr/bin/dash", "-c", script], input: [])
    }

    @Test func whoIsLeftBehindHoldsNobodyUp() throws {
        var lines: [String] = []
        let ended = try process("echo last words; sleep 60 & kill -KILL $$").wait(limit: .seconds(30)) {
            lines.append(String(decoding: $0, as: UTF8.self))
        }
        #expect(ended.exit == .signal(SIGKILL))
        #expect(!ended.timedOut)
        #expect(lines == ["last words"])
    }

    @Test func whoClosesItsOutputIsStillHeldToItsTime() throws {
        let ended = try process("exec >&- 2>&-; sleep 60").wait(limit: .milliseconds(200)) { _ in }
        #expect(ended.exit == .signal(SIGKILL))
        #expect(ended.timedOut)
    }

    @Test func theEndIsSeenWithoutWaiting() throws {
        let process = try process("exec sleep 60")
        process.kill()
        while !process.hasEnded { usleep(1000) }
        #expect(process.wait(limit: .seconds(30)) { _ in }.exit == .signal(SIGKILL))
    }
}
