import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// What a studio says of itself while a part is missing.
@Suite struct ReadinessTests {
    @Test func aPartThatIsMissingIsTold() async throws {
        let studio = try await TestStudio.start()
        for part in ["gateway", "audio"] { #expect(try await readiness(of: part, in: studio).status == 200) }

        kill(try studio.pid("nats-server"), SIGKILL)
        for part in ["gateway", "audio"] {
            try await eventually("\(part) misses nats-server") { try await readiness(of: part, in: studio).status == 503 }
            let (_, document) = try await readiness(of: part, in: studio)
            #expect(document["status"] == "not-ready" && document["checks"]?["nats"] == false, "\(document)")
        }
        let doctor = try await studio.avstudio(["doctor"])
        #expect(doctor.status != 0)
        let pid = try studio.pid("gateway")
        #expect(doctor.output.contains("\(studio.port + 1): process \(pid) runs and is not ready"), "\(doctor)")
        #expect(doctor.output.contains("\(studio.port + 8): free, avstudio up starts it"), "\(doctor)")

        try await studio.up()
        for part in ["gateway", "audio"] { #expect(try await readiness(of: part, in: studio).status == 200) }
        #expect(try await studio.avstudio(["doctor"]).status == 0)
        try await studio.stop()
    }

    /// Asks the service itself, not its door.
    private func readiness(of part: String, in studio: TestStudio) async throws -> (status: Int32, document: JSONValue) {
        let port = studio.port + (part == "gateway" ? 1 : 2)
        let run = try await CommandRun.run("curl", ["-s", "-w", "%{stderr}%{http_code}", "http://127.0.0.1:\(port)/readyz"])
        return (Int32(run.errors) ?? 0, try JSONValue(parsing: Bytes(run.output.utf8)))
    }
}
