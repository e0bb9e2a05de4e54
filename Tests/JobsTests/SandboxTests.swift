import CLinux
import FoundationEssentials
import Glibc
import Primitives
import TestSupport
import Testing

@testable import Jobs

/// What a job's process can reach and use. Programs of the system stand for a library that a crafted file has taken over.
@Suite struct SandboxTests {
    /// Runs a shell script as a job would run.
    private func run(_ script: String, inputs: [String] = [], _ folder: TemporaryFolder) throws -> (ChildProcess.Exit, [String]) {
        let sandbox = try Sandbox(executable: "/usr/bin/dash")
        try #require(sandbox.isolatesNamespaces, "bubblewrap does not work here")
        let output = folder.appending("out")
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        let command = sandbox.command(["-c", script], inputs: inputs, outputFolder: output)
        let process = try ChildProcess(command, input: [])
        var lines: [String] = []
        let ended = process.wait(limit: .seconds(20)) { lines.append(String(decoding: $0, as: UTF8.self)) }
        return (ended.exit, lines)
    }

    private func withFolder(_ body: (TemporaryFolder) throws -> Void) throws {
        let folder = try TemporaryFolder("sandbox")
        defer { folder.remove() }
        try body(folder)
    }

    @Test func seesOnlyItsInputsAndItsOutputFolder() throws {
        try withFolder { folder in
            let input = folder.appending("voice.wav")
            try #require(FileManager.default.createFile(atPath: input, contents: Data("sound".utf8)))
            try #require(FileManager.default.createFile(atPath: folder.appending("secret"), contents: Data("x".utf8)))
            let script = """
                cat /job/in/0; echo; echo changed 2>/dev/null > /job/in/0 || echo read-only; echo made > /job/out/result
                cat \(folder.appending("secret")) 2>/dev/null || echo hidden; cat /etc/passwd 2>/dev/null || echo no passwd
                echo x 2>/dev/null > /usr/bin/planted || echo no writing; id -u; env | grep -vc '^PWD='
                """
            let (exit, lines) = try run(script, inputs: [input], folder)
            #expect(exit == .code(1), "grep counts nothing")
            #expect(lines == ["sound", "read-only", "hidden", "no passwd", "no writing", "65534", "0"])
            #expect(FileManager.default.contents(atPath: folder.appending("out/result")) == Data("made\n".utf8))
        }
    }

    @Test func hasNoNetworkAndSeesNoProcesses() throws {
        try withFolder { folder in
            let script = "cat /proc/net/dev | grep -c eth; ls /proc | grep -c '^[0-9]*$'; kill -9 1 2>/dev/null || echo not killed"
            let (_, lines) = try run(script, folder)
            #expect(lines.first == "0")
            #expect(lines.count > 1 && Int(lines[1]).map { $0 < 8 } == true, "\(lines)")
        }
    }

    @Test func endsWithItsProcess() throws {
        try withFolder { folder in
            let sandbox = try Sandbox(executable: "/usr/bin/dash")
            let command = sandbox.command(["-c", "echo begun; sleep 60"], inputs: [], outputFolder: folder.path)
            let process = try ChildProcess(command, input: [])
            let ended = process.wait(limit: .seconds(30)) { _ in process.kill() }
            #expect(ended.exit == .signal(SIGKILL))
            #expect(!ended.timedOut)
        }
    }

    private static let limits = ResourceLimits(
        cpuSeconds: 1, wallSeconds: 10, memoryBytes: 4 << 30, fileBytes: 1 << 20, openFiles: 64)

    @Test func processorTimeIsLimited() async {
        await #expect(processExitsWith: .signal(SIGXCPU)) {
            try SandboxTests.limits.apply()
            var count = 0
            while count >= 0 { count &+= 1 }
        }
    }

    @Test func memoryFilesAndDescriptorsAreLimited() async {
        await #expect(processExitsWith: .success) {
            try SandboxTests.limits.apply()
            #expect(malloc(8 << 30) == nil)
            let file = avs_memory_file("large")
            let bytes = Bytes(repeating: 1, count: 1 << 20)
            #expect(write(file, bytes, bytes.count) == 1 << 20)
            #expect(write(file, bytes, bytes.count) == -1 && errno == EFBIG)
            #expect((0..<80).contains { _ in avs_memory_file("many") < 0 })
            // A hard limit: what runs inside can not lift it.
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(limit.rlim_max == 1 << 20)
        }
    }
}
