import Contracts
import FoundationEssentials
import HTTP
import Primitives
import TestSupport
import Testing

/// Every operation of the audio service as a job of a running studio: in its sandbox, with the resources that it gets there.
@Suite(.serialized) struct AudioDoorTests {
    private static let shared = SharedStudio()

    /// Parameters of each operation, and a measurement that only one that has worked tells.
    private static let orders: [(operation: String, parameters: JSONValue, measurement: String)] = [
        ("probe", [:], "container"), ("convert", ["format": "flac"], "output"), ("loudness", [:], "loudness"),
        ("normalize", ["target_lufs": -18], "output"), ("separate", ["format": "flac"], "stems"), ("denoise", [:], "output"),
        ("speak", ["text": "Good day.", "format": "wav"], "voice"), ("transcribe", ["formats": "text"], "text"),
        ("effects", ["chain": ["effects": [["type": "gain", "gain_db": -3]]]], "output"),
        ("mark", ["key": "a key", "identifier": "c0ffee", "format": "flac"], "identifier"),
        ("find-mark", ["key": "a key"], "marks"), ("fingerprint", [:], "fingerprint"), ("level", [:], "output"),
        ("cut", [:], "cuts"), ("mix", [:], "tracks"), ("segments", [:], "segments"), ("chapters", [:], "chapters"),
    ]
    private static let neural: Set<String> = ["separate", "denoise", "speak", "transcribe", "chapters"]
    private static let areModelsWanted = ClientPrograms.areWanted(Readme.root + "/var/models/registry.json")

    /// About four seconds.
    private static func sentence() async throws -> Bytes {
        let words = "The studio takes a recording and brings it to where listeners expect it to be."
        return try await Recording.made("sentence.wav") { ["espeak-ng", "-w", $0 + "/sentence.wav", words] }
    }

    @Test func theTableNamesEveryOperation() async throws {
        let studio = try await Self.shared.studio()
        let listed = try await studio.json(.get, "/audio/operations").document["operations"]?.arrayValue ?? []
        let names = listed.compactMap { $0["name"]?.stringValue }.filter { !$0.hasPrefix("audio.bench-") }
        #expect(Set(names) == Set(Self.orders.map { "audio.\($0.operation)" }))
    }

    @Test(arguments: orders.indices.filter { areModelsWanted || !neural.contains(orders[$0].operation) })
    func anOperationIsAJob(order: Int) async throws {
        let (operation, parameters, measurement) = Self.orders[order]
        let studio = try await Self.shared.studio()
        var body: [String: JSONValue] = ["parameters": parameters]
        if operation != "speak" {
            body["input"] = .string(try await studio.upload(try await Self.sentence(), name: "talk.wav"))
        }
        let started = try await studio.json(.post, "/audio/\(operation)", .object(body))
        let location = try #require(started.headers["Location"], "\(started.document)")
        let job = try await withDeadline(.seconds(100)) {
            while true {
                let job = try await studio.json(.get, location).document.decoded(as: JobDocument.self)
                if job.state.isFinal { return job }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        #expect(job.state == .succeeded && job.attempts == 1, "\(job.problem?.message ?? "")")
        #expect(job.result?.measurements[measurement] != nil)
        for file in job.result?.files.compactMap(\.file) ?? [] {
            #expect(try await studio.send(.get, "/files/\(file)/content").body.isEmpty == false)
        }
    }

    /// What one command has marked, another reads.
    @Test func theCommandLineMarksAndFinds() async throws {
        let studio = try await Self.shared.studio()
        let folder = try TemporaryFolder("marks")
        defer { folder.remove() }
        try Data(try await Recording.speech()).write(to: URL(filePath: folder.appending("talk.wav")))
        for words in [
            ["mark", "talk.wav", "--mark-key", "a key", "--identifier", "c0ffee", "-o", "marked.flac", "--format", "flac"],
            ["find-mark", "marked.flac", "--mark-key", "a key"],
        ] {
            let run = try await studio.avstudio(["audio"] + words + ["--json"], in: folder.path)
            #expect(run.status == 0, "\(run.errors)")
            guard words[0] == "find-mark" else { continue }
            let marks = try JSONValue(parsing: Bytes(run.output.utf8))["result"]?["measurements"]?["marks"]
            #expect(marks?[0]?["identifier"]?.stringValue?.hasSuffix("c0ffee") == true, "\(run.output)")
        }
    }

    @Test func endsTheStudio() async throws {
        try await Self.shared.stop()
    }
}
