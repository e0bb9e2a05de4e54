import Contracts
import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

@testable import Jobs

/// What films of 8K cost a job's own process, and what it says when that is more than it may take.
@Suite struct JobMemoryTests {
    /// Measures what a program takes at most while it reads a command.
    private static let meter = """
        import resource, subprocess, sys
        run = subprocess.run([sys.argv[1], "job"], stdin=open(sys.argv[2]), stdout=subprocess.PIPE, timeout=120)
        sys.stdout.buffer.write(run.stdout)
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        """

    private func command(_ operation: String, _ film: String, _ limits: ResourceLimits, folder: String) throws -> JSONValue {
        [
            "operation": .string(operation), "parameters": try parameters(operation),
            "inputs": [["path": .string(film), "name": "film.mkv", "mediaType": "video/x-matroska"]],
            "outputFolder": .string(folder), "resources": [:],
            "limits": try JSONValue(parsing: JSON.encode(limits)),
        ]
    }

    private func parameters(_ operation: String) throws -> JSONValue {
        let wanted: JSONValue = operation == "video.transcode" ? ["speed": "ultrafast", "encoder": "software"] : [:]
        return try #require(VideoOperations.catalogue[operation]).canonicalParameters(wanted)
    }

    /// One frame of 8K, or what is left of it after so many bytes.
    private func film(_ fixture: VideoFixture, bytes: Int = .max) async throws -> String {
        let film = fixture.path("film.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=red:s=7680x4320:r=25:d=0.04", "-c:v", "libx264", "-preset", "ultrafast", film,
        ])
        let data = try Data(contentsOf: URL(fileURLWithPath: film))
        try data.prefix(bytes).write(to: URL(fileURLWithPath: film))
        return film
    }

    /// A header is no reason to take the room of its pixels.
    @Test(arguments: ["video.probe", "video.transcode", "video.frames", "video.scenes", "video.sheet", "video.checks"])
    func aHeaderOf8KTakesLittle(_ operation: String) async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture, bytes: 2000)
        let folder = try TemporaryFolder("job-memory")
        defer { folder.remove() }
        let command = try command(operation, film, .standard(.heavy), folder: folder.path)
        let path = try fixture.write(command.serialized(), "command.json")
        let run = try await CommandRun.run(
            "python3", ["-c", Self.meter, TestStudio.programs + "/avstudio-video", path], limit: 150)
        let lines = run.output.split(separator: "\n")
        let peak = try #require(lines.last.flatMap { Int($0) }, "\(run)")
        #expect(peak < 300 << 10, "\(operation) took \(peak >> 10) MB")
        let told = try lines.dropLast().last.map { try JSONValue(parsing: Bytes($0.utf8)) }
        #expect(told?["problem"]?["code"]?.stringValue != nil, "\(run)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func theLimitOfMemoryIsCalledByItsName() async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture)
        for operation in ["video.transcode", "video.frames", "video.scenes"] {
            let folder = try TemporaryFolder("job-memory")
            defer { folder.remove() }
            let limits = ResourceLimits(cpuSeconds: 60, wallSeconds: 60, memoryBytes: 300 << 20, fileBytes: 1 << 30)
            let command = try command(operation, film, limits, folder: folder.path).serialized()
            let problem = #expect(throws: JobProblem.self) {
                try ProcessRun().run(limits, onReport: { _ in }) {
                    try ChildProcess([TestStudio.programs + "/avstudio-video", "job"], input: command)
                }
            }
            #expect(problem?.code == "memory-limit", "\(operation): \(problem as Any)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [], "\(operation)")
        }
    }
}
