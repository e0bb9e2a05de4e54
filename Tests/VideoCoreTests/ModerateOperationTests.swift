import Blobs
import Contracts
import Foundation
import HTTP
import Jobs
import Primitives
import TestSupport
import Testing
import VideoCore

/// `video.moderate` as a worker runs it: frames taken in the sandbox, rated through the real gateway before a stand-in provider.
@Suite(.computing) struct ModerateOperationTests {
    struct Place {
        let models: ModelFixture
        let video: VideoFixture
        let blobs: LocalBlobStore
        let runner: JobRunner
        private let scratch: String

        init(_ models: ModelFixture) throws {
            (self.models, video) = (models, try VideoFixture())
            blobs = try LocalBlobStore(root: models.folder.appending("blobs"), quota: nil, minimumFree: .bytes(0))
            scratch = models.folder.appending("scratch")
            runner = try JobRunner(
                catalogue: VideoOperations.catalogue, blobs: blobs, scratchFolder: scratch,
                sandbox: Sandbox(executable: TestStudio.programs + "/avstudio-video"), slots: 2, memory: Slots(1 << 40),
                surroundings: Surroundings(gatewayURL: models.gateway.url))
        }

        func store(_ bytes: Bytes, _ name: String) async throws -> JobFile {
            let writer = try await blobs.writer()
            try await writer.append(bytes)
            let blob = try await writer.commit(owner: BlobOwner(service: "gateway", id: name))
            return JobFile(file: name, digest: blob.digest, size: blob.size, name: name, mediaType: "application/octet-stream")
        }

        func store(_ path: String) async throws -> JobFile {
            try await store(Bytes(Data(contentsOf: URL(filePath: path))), String(path.split(separator: "/").last ?? ""))
        }

        /// Eight seconds of pictures.
        func film() async throws -> JobFile { try await store(video.scenes("film.mp4", size: "320x180")) }

        func captions() async throws -> JobFile {
            try await store(
                Bytes("1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,500 --> 00:00:04,500\nYou are a fool\n".utf8), "c.srt"
            )
        }

        /// Runs the operation as a job; nothing of it is left in the scratch folder.
        func moderate(_ inputs: [JobFile], _ parameters: [String: JSONValue] = [:]) async throws -> JobResult {
            let operation = try #require(VideoOperations.catalogue["video.moderate"])
            let standard: [String: JSONValue] = [
                "model": "gpt", "access_key": .string(models.gateway.ownerKey), "interval_s": 2, "items_per_call": 2,
                "calls_at_once": 1, "categories": "sexual, harassment=0.7",
            ]
            let canonical = try operation.canonicalParameters(.object(standard.merging(parameters) { $1 }))
            try operation.check(canonical, resources: [:])
            let order = JobOrder(
                id: Identifier.make("job"), operation: "video.moderate", inputs: inputs, parameters: canonical, owner: "ann")
            let result: Result<JobResult, any Error>
            do { result = .success(try await runner.run(order) { _ in }) } catch { result = .failure(error) }
            let left = try FileManager.default.subpathsOfDirectory(atPath: scratch).filter { $0.contains("/") }
            #expect(left.isEmpty, "\(left)")
            return try result.get()
        }

        func failure(_ inputs: [JobFile], _ parameters: [String: JSONValue] = [:]) async -> String {
            do {
                _ = try await moderate(inputs, parameters)
                return ""
            } catch {
                return (error as? any CodedError).map { "\($0.code): \($0.message)" } ?? "\(error)"
            }
        }

        func text(_ result: JobResult, _ name: String) async throws -> String {
            let file = try #require(result.files.first { $0.name == name }, "\(result.files)")
            return try String(contentsOfFile: blobs.localPath(file.digest), encoding: .utf8)
        }

        /// An answer with scores for as many items as are wanted; `nil` leaves the second category out.
        func rate(_ scores: (Double, Double?)...) -> ModelProviderServer.Turn {
            let items = scores.enumerated().map { index, score -> JSONValue in
                var list: [String: JSONValue] = ["sexual": .number(score.0)]
                if let second = score.1 { list["harassment"] = .number(second) }
                return ["id": JSONValue(index + 1), "scores": .object(list), "note": .string("seen as \(score.0)")]
            }
            return .say(
                "```json\n" + String(decoding: (["items": .array(items)] as JSONValue).serialized(), as: UTF8.self) + "\n```")
        }
    }

    private func with(_ body: (Place) async throws -> Void) async throws {
        try await ModelFixture.with { try await body(Place($0)) }
    }

    @Test func framesAndCaptionsAreRatedOnTheCallersAccount() async throws {
        try await with { place in
            place.models.provider.script(
                place.rate((0.1, 0), (0.9, 0)), place.rate((0.6, 0.69), (0.2, 0)), place.rate((0, 0.1), (0, 0.75)))
            let key = try await place.models.key("llm")
            let result = try await place.moderate([place.film(), place.captions()], ["access_key": key.text])
            let measured = result.measurements
            #expect(measured["verdict"] == "fail" && measured["frames"] == 4 && measured["captions"] == 2, "\(measured)")
            #expect(measured["rated"] == 6 && measured["unrated"] == 0 && measured["calls"] == 3, "\(measured)")
            #expect(measured["output_tokens"]?.integerValue == Int64(3 * ModelProviderServer.outputTokens), "\(measured)")
            #expect(measured["found"] == 2 && measured["duration_seconds"]?.doubleValue == 8, "\(measured)")
            // The frames at 2 and 4 s are one stretch, half way to their neighbours.
            #expect(
                measured["findings"]?[0] == [
                    "category": "sexual", "source": "frames", "score": 0.9, "start_seconds": 1.0, "end_seconds": 5.0,
                    "at_seconds": 2.0,
                    "note": "seen as 0.9",
                ], "\(measured)")
            let second = measured["findings"]?[1]
            #expect(second?["category"] == "harassment" && second?["source"] == "captions", "\(measured)")
            #expect(second?["start_seconds"] == 3.5 && second?["end_seconds"] == 4.5 && second?["score"] == 0.75, "\(measured)")
            #expect(measured["categories"]?[1]?["threshold"] == 0.7 && measured["categories"]?[1]?["highest"] == 0.75)
            // Processor time is that of the process that took the frames.
            #expect((result.usage?.cpuSeconds ?? 0) > 0 && (result.usage?.peakMemoryBytes ?? 0) > 1 << 20)
            #expect(
                Set(result.files.map(\.name)) == ["film-moderation.json", "film-moderation.csv", "film-moderation.txt"])
            let table = try CSV.rows(Bytes(await place.text(result, "film-moderation.csv").utf8))
            #expect(table.count == 3 && table[1].prefix(4) == ["sexual", "frames", "0.9", "00:00:01.000"], "\(table)")
            #expect(try await place.text(result, "film-moderation.txt").hasPrefix("film.mp4: fail"))
            try await expectQuestions(place)
            // It is the caller's money: the ledger is a fraction of a second behind.
            var groups: [JSONValue] = []
            try await eventually("the ledger has all calls") {
                let cost = try await place.models.gateway.json(.get, "/gateway/cost?by=key").document
                groups = cost["groups"]?.arrayValue ?? []
                return cost["total"]?["calls"] == 3
            }
            #expect(groups.count == 1 && groups.first?["group"]?.stringValue == key.id, "\(groups)")
        }
    }

    /// The model gets JPEGs in the size asked for, then the captions, and the policy each time.
    private func expectQuestions(_ place: Place) async throws {
        let seen = place.models.provider.seen.map(\.body)
        try #require(seen.count == 3)
        for body in seen {
            let system = String(decoding: body["messages"]?[0]?.serialized() ?? [], as: UTF8.self)
            #expect(system.contains("nudity") && system.contains("insults") && !system.contains("suicide"), "\(system)")
        }
        let parts = seen[0]["messages"]?[1]?["content"]?.arrayValue ?? []
        let pictures = parts.compactMap { $0["image_url"]?["url"]?.stringValue }
        #expect(pictures.count == 2 && pictures[0] != pictures[1])
        for picture in pictures {
            let start = "data:image/jpeg;base64,"
            let data = try #require(picture.hasPrefix(start) ? Data(base64Encoded: String(picture.dropFirst(start.count))) : nil)
            let size = try await place.video.probe(place.video.write(Bytes(data), "asked-\(UUID().uuidString).jpg"))
            #expect(size["width"] == "320" && size["height"] == "180", "\(size)")
        }
        let texts = String(decoding: seen[2]["messages"]?[1]?.serialized() ?? [], as: UTF8.self)
        #expect(texts.contains("You are a fool") && !texts.contains("image_url"))
    }

    @Test func whatFailsIsCountedAndNothingPassesUnseen() async throws {
        try await with { place in
            // The first call is never answered as asked, the second leaves out a score.
            place.models.provider.script(.say("I can not."), .say("{}"), .say("{\"items\": 7}"), .say("no"))
            place.models.provider.script(place.rate((0.1, 0), (0.1, nil)))
            let measured = try await place.moderate([place.film()]).measurements
            #expect(measured["verdict"] == "incomplete" && measured["rated"] == 1 && measured["unrated"] == 3, "\(measured)")
            #expect(measured["errors"] == ["answer-unreadable": 2, "answer-incomplete": 1], "\(measured)")
            #expect(measured["calls"] == 5 && measured["failed_calls"] == 4, "\(measured)")
            #expect(
                measured["failures"]?[2]?["at_seconds"]?.doubleValue == 6 && measured["failures"]?[2]?["source"] == "frames",
                "\(measured)")
        }
    }

    @Test func whoIsRefusedIsToldSoAndNothingIsAsked() async throws {
        try await with { place in
            let film = try await place.film()
            #expect(await place.failure([film], ["access_key": "avs_no_key"]).hasPrefix("invalid_api_key: "))
            #expect(await place.failure([film], ["model": "nobody"]).contains("nobody"))
            let blind = await place.failure([film], ["model": "blind"])
            #expect(blind.contains("images"), "\(blind)")
            let deaf = try await place.models.key("files:read").text
            #expect(await place.failure([film], ["access_key": deaf]).contains("llm"))
            #expect(await place.failure([film], ["access_key": " "]).hasPrefix("output-not-possible: access_key"))
            let key = try await place.models.key("llm")
            let budget = try await place.models.gateway.json(
                .put, "/gateway/budgets/small",
                ["scope": "key", "subject": .string(key.id), "period": "month", "limit": "0.000001", "at_limit": "stop"])
            #expect(budget.status < 300, "\(budget.document)")
            let spent = await place.failure([film], ["access_key": key.text])
            #expect(spent.lowercased().contains("budget"), "\(spent)")
            #expect(place.models.provider.seen.isEmpty)
        }
    }

    @Test func whatCanNotBeAskedIsRefusedBeforeAnythingIsPaid() async throws {
        try await with { place in
            let (film, captions) = (try await place.film(), try await place.captions())
            #expect(await place.failure([film], ["most": 3]).hasPrefix("too-many-frames: "))
            for categories in ["", "Sexual", "a=2", "a=0", "a=x", "a,a", "ö", "a b=0.5", "a=0. 5"] {
                let told = await place.failure([film], ["categories": .string(categories)])
                #expect(told.hasPrefix("output-not-possible: categories"), "\(categories): \(told)")
            }
            #expect(await place.failure([film], ["formats": "pdf"]).hasPrefix("output-not-possible"))
            #expect(await place.failure([film, film]).hasPrefix("captions-encoding"))
            let transcript: JSONValue = [
                "duration_seconds": 1, "segments": [["id": 0, "start_seconds": 0, "end_seconds": 1, "text": "Hi"]],
            ]
            #expect(await place.failure([film, captions], ["transcript": transcript]).hasPrefix("captions-input"))
            #expect(await place.failure([captions]).hasPrefix("not-media"))
            let sound = place.video.path("sound.wav")
            try await place.video.ffmpeg(["-f", "lavfi", "-i", "sine=d=1", sound])
            #expect(await place.failure([try await place.store(sound)]).hasPrefix("no-video"))
            #expect(place.models.provider.seen.isEmpty)
        }
    }

    @Test(arguments: [true, false]) func textsAloneNeedNoVideo(_ isFile: Bool) async throws {
        try await with { place in
            place.models.provider.script(place.rate((0, 0.1), (0, 0.2)))
            let transcript: JSONValue = [
                "duration_seconds": 60,
                "segments": [
                    ["id": 0, "start_seconds": 1, "end_seconds": 2, "text": "Hello"],
                    ["id": 1, "start_seconds": 3.5, "end_seconds": 4.5, "text": "there"],
                ],
            ]
            let result =
                try await isFile
                ? place.moderate([place.captions()], ["frames": "none"])
                : place.moderate([place.film()], ["frames": "none", "transcript": transcript])
            let measured = result.measurements
            #expect(measured["verdict"] == "pass" && measured["frames"] == 0 && measured["rated"] == 2, "\(measured)")
            #expect(measured["duration_seconds"]?.doubleValue == (isFile ? 4.5 : 60) && result.usage == nil, "\(measured)")
        }
    }

    /// The gateway asks the provider again itself; what is refused then is asked a few times from here, and ends the attempt only.
    @Test func aProviderThatIsAwayEndsTheAttempt() async throws {
        try await with { place in
            for _ in 0..<40 { place.models.provider.script(.refuse(status: 503, retryAfter: "0")) }
            let captions = try await place.captions()
            let error = await #expect(throws: (any Error).self) { try await place.moderate([captions], ["frames": "none"]) }
            #expect((error as? any CodedError)?.isRetriable == true, "\(String(describing: error))")
        }
    }

    @Test func cancellingEndsTheCall() async throws {
        try await with { place in
            place.models.provider.script(.hangBeforeHead)
            let captions = try await place.captions()
            let job = Task { try await place.moderate([captions], ["frames": "none"]) }
            try await eventually("it has been asked") { place.models.provider.seen.count == 1 }
            job.cancel()
            await #expect(throws: CancellationError.self) { try await job.value }
        }
    }
}
