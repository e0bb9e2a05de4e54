import FoundationEssentials
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// What is taken along of a studio that has measured much.
struct ExportTests {
    /// A figure of a process, in bytes (proc(5)): `VmRSS`, what it holds; `VmHWM`, the most that it held.
    private func memory(_ name: String, of process: pid_t) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":") })
        return try #require(line.split { !$0.isNumber }.first.flatMap { Int($0) }) * 1024
    }

    /// A hundred thousand rows are ninety megabytes of CSV; the service holds some thousands of them at a time.
    @Test func aLongExportIsNotHeldInMemory() async throws {
        let studio = try await TestStudio.start()
        let (requests, batch) = (200, 500)
        let text = String(repeating: "x", count: 250)
        let event: JSONValue = [
            "script_name": "s", "metric_type": "t", "value": 1,
            "labels": ["a": .string(text), "b": .string(text), "c": .string(text)],
        ]
        let body = JSONValue.array(Array(repeating: event, count: batch)).serialized()
        for _ in 0..<requests {
            let answer = try await studio.send(.post, "/api/metrics", body: body, headers: ["Content-Type": "application/json"])
            try #require(answer.status == 200)
        }
        let process = try studio.pid("analytics")
        // What it has held until now is forgotten (proc(5), clear_refs).
        try Data("5".utf8).write(to: URL(filePath: "/proc/\(process)/clear_refs"))
        let before = try memory("VmRSS", of: process)
        let run = try await CommandRun.run(
            "/usr/bin/curl",
            [
                "-sf", "-H", "Authorization: Bearer \(studio.ownerKey)", studio.url + "/api/export/metrics.csv?days=2", "-o",
                "/dev/null", "-w", "%{size_download}",
            ])
        let size = try #require(Int(run.output))
        #expect(run.status == 0 && size > requests * batch * text.count * 3)
        let growth = try memory("VmHWM", of: process) - before
        #expect(growth < size / 3, "\(growth) bytes more for \(size)")
        try await studio.stop()
    }
}
