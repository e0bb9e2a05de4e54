import Contracts
import Foundation
import Glibc
import HTTP
import HTTPServer
import Jobs
import Primitives
import TestSupport
import Testing

/// Batches on a running studio: chains, tables, URLs, retries, manifest and archive.
@Suite(.serialized) struct BatchTests {
    private func ended(_ location: String, _ studio: TestStudio) async throws -> JSONValue {
        try await withDeadline(.seconds(120)) {
            while true {
                // A part that was killed may still be coming up.
                if let answer = try? await studio.json(.get, location), answer.status == 200, answer.document["finished"] == true {
                    return answer.document
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func states(_ batch: JSONValue) -> [String?] { batch["items"]?.arrayValue?.map { $0["state"]?.stringValue } ?? [] }

    private static let steps: JSONValue = [
        ["operation": "normalize", "parameters": ["preset": "podcast", "format": "flac"]],
        ["operation": "audio.convert", "parameters": ["format": "mp3"]],
    ]

    /// A host of its own that has one recording.
    private func withHost<T>(_ bytes: Bytes, _ body: (String) async throws -> T) async throws -> T {
        var router = Router()
        router.on(.get, "/take.wav") { _ in .bytes(bytes, type: "audio/wav") }
        router.on(.get, "/inside") { _ in Response(status: .found, headers: ["Location": "http://127.0.0.2:1/secret"]) }
        let server = HTTPServer(configuration: HTTPServerConfiguration(), router: router)
        try server.start()
        do {
            let result = try await body("http://127.0.0.1:\(server.port)")
            await server.drain()
            return result
        } catch {
            await server.drain()
            throw error
        }
    }

    @Test func chainOfFilesURLsAndFailures() async throws {
        let studio = try await TestStudio.start(
            environment: ["AVSTUDIO_FETCH_HOSTS": "127.0.0.1", "AVSTUDIO_FETCH_LIMIT_BYTES": "2000000"])
        let speech = try await Recording.speech()
        let first = try await studio.upload(speech, name: "talk.wav")
        let second = try await studio.upload(try await Recording.tone(hertz: 440), name: "talk.wav")
        let broken = try await studio.upload(Bytes("no sound".utf8), name: "broken.wav")
        try await withHost(try await Recording.tone(hertz: 330)) { host in
            let inputs: JSONValue = [
                .string(first), ["input": .string(second), "parameters": ["2.format": "flac"]], .string(broken),
                .string(host + "/take.wav"), ["url": .string(host + "/inside")], .string(host + "/nothing.wav"),
            ]
            let started = try await studio.json(.post, "/audio/batches", ["inputs": inputs, "steps": Self.steps])
            try #require(started.status == 202, "\(started.document)")
            let location = try #require(started.headers["Location"])
            let batch = try await ended(location, studio)
            #expect(states(batch) == ["succeeded", "succeeded", "failed", "succeeded", "failed", "failed"], "\(batch)")
            let items = try #require(batch["items"]?.arrayValue)
            #expect(items[0]["step"] == 2 && items[2]["step"] == 1)
            #expect(items[4]["problem"]?["code"] == "refused-address" && items[5]["problem"]?["code"] == "url-answered-404")
            #expect(items[3]["name"] == "take.wav" && items[3]["input"]?.stringValue?.hasPrefix("file_") == true)
            let types = items.map { $0["files"]?.arrayValue?.first?["media_type"]?.stringValue }
            #expect(types[0] == "audio/mpeg" && types[1] == "audio/flac" && types[3] == "audio/mpeg")

            let again = try await studio.json(.post, location + "/retry")
            #expect(again.status == 202 && again.document["finished"] == false)
            let retried = try await ended(location, studio)
            #expect(retried["states"]?["failed"] == 3)

            try await checkArchive(location, studio)
            let table = try await studio.send(.get, location + "/manifest?format=csv")
            #expect(try CSV.rows(table.body).count == 7 && table.headers["Content-Type"] == "text/csv; charset=utf-8")
        }
        try await studio.stop()
    }

    private func checkArchive(_ location: String, _ studio: TestStudio) async throws {
        let archive = try await studio.send(.get, location + "/archive")
        #expect(archive.status == 200 && archive.headers["Content-Length"] == "\(archive.body.count)")
        let folder = try TemporaryFolder("archive")
        try Data(archive.body).write(to: URL(filePath: folder.appending("a.zip")))
        let program = """
            import zipfile, json
            z = zipfile.ZipFile("a.zip")
            print(z.testzip(), sorted(z.namelist()), len(json.loads(z.read("manifest.json"))["items"]))
            """
        let run = try await CommandRun.run("python3", ["-c", program], in: folder.path)
        #expect(
            run.output.hasPrefix("None ['manifest.csv', 'manifest.json', 't") && run.output.hasSuffix("] 6\n"),
            "\(run.output) \(run.errors)")
        #expect(run.output.filter { $0 == "," }.count == 4, "three results and two manifests: \(run.output)")
    }

    @Test func tableOfInputs() async throws {
        let studio = try await TestStudio.start()
        let file = try await studio.upload(try await Recording.tone(hertz: 440), name: "tone.wav")
        let other = try await studio.upload(try await Recording.tone(hertz: 550), name: "tone, other.wav")
        let table = "input,format,\"sample_rate_hz\"\r\n\(file),mp3,\r\n\(other),\"flac\",44100\r\n"
        let started = try await studio.send(
            .post, "/audio/batches?operation=convert", body: Bytes(table.utf8), headers: ["Content-Type": "text/csv"])
        try #require(started.status == 202, "\(String(decoding: started.body, as: UTF8.self))")
        let batch = try await ended(try #require(started.headers["Location"]), studio)
        #expect(states(batch) == ["succeeded", "succeeded"], "\(batch)")
        let bad: [(String, String)] = [
            ("input\r\n\"open", "invalid-csv"), ("file\r\nx\r\n", "wrong-type"), ("input,format\r\n\(file)\r\n", "wrong-type"),
            ("input,colour\r\n\(file),red\r\n", "batch-not-possible"), ("input\r\nfile_nowhere\r\n", "file-not-found"),
            ("input,sample_rate_hz\r\n\(file),fast\r\n", "wrong-type"),
        ]
        for (text, code) in bad {
            let answer = try await studio.json(
                .post, "/audio/batches", ["csv": .string(text), "steps": [["operation": "convert"]]])
            #expect([404, 422].contains(answer.status) && answer.document["code"]?.stringValue == code, "\(answer.document)")
        }
        let inside = try await studio.json(
            .post, "/audio/batches",
            ["inputs": [.string("http://127.0.0.1:\(studio.port)/healthz")], "steps": [["operation": "convert"]]])
        let refused = try await ended(try #require(inside.headers["Location"]), studio)
        #expect(refused["items"]?.arrayValue?.first?["problem"]?["code"] == "refused-address")
        try await studio.stop()
    }

    /// The service is killed in the midst of the chains: each step of each item is taken once.
    @Test func killedServiceGoesOnWithTheChains() async throws {
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8"])
        var files: [JSONValue] = []
        for number in 0..<5 {
            files.append(
                .string(try await studio.upload(try await Recording.tone(hertz: 300 + 10 * number), name: "\(number).wav")))
        }
        let steps: JSONValue = [
            ["operation": "convert", "parameters": ["format": "flac"]], ["operation": "convert", "parameters": ["format": "wav"]],
            ["operation": "normalize", "parameters": ["format": "mp3"]],
        ]
        let started = try await studio.json(.post, "/audio/batches", ["inputs": .array(files), "steps": steps])
        let location = try #require(started.headers["Location"], "\(started.document)")
        for _ in 0..<4 {
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...500)))
            kill(try studio.pid("audio"), SIGKILL)
            try await studio.up()
        }
        let batch = try await ended(location, studio)
        #expect(states(batch) == Array(repeating: "succeeded", count: 5), "\(batch)")
        let id = try #require(batch["id"]?.stringValue)
        let jobs = try await studio.json(.get, "/audio/jobs?limit=500&batch=\(id)").document["jobs"]?.arrayValue ?? []
        #expect(jobs.count == 15 && jobs.allSatisfy { $0["state"] == "succeeded" })
        try await studio.stop()
    }

    @Test func commandLineRunsABatch() async throws {
        let studio = try await TestStudio.start()
        let folder = try TemporaryFolder("batch-cli")
        try Data(try await Recording.tone(hertz: 440)).write(to: URL(filePath: folder.appending("a.wav")))
        try Data("no sound".utf8).write(to: URL(filePath: folder.appending("b.wav")))
        let good = try await studio.avstudio(
            [
                "batches", "run", "a.wav", "--steps", #"[{"operation": "convert", "parameters": {"format": "flac"}}]"#, "-o",
                "all.zip",
            ],
            in: folder.path)
        #expect(good.status == 0 && good.output.contains("succeeded"), "\(good.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.appending("all.zip")))
        let bad = try await studio.avstudio(
            ["batches", "run", "a.wav", "b.wav", "--operation", "loudness", "--json"], in: folder.path)
        #expect(bad.status == 1 && bad.errors.contains("1 of 2"), "\(bad.errors)")
        let id = try #require(try JSONValue(parsing: Bytes(bad.output.utf8))["id"]?.stringValue)
        #expect(try await studio.avstudio(["batches", "retry", id]).status == 0)
        #expect(try await studio.avstudio(["batches", "watch", id]).status == 1)
        try await studio.stop()
    }
}
