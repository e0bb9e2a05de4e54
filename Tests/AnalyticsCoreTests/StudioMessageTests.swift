import AnalyticsAPI
import Contracts
import Primitives
import Testing

@testable import AnalyticsCore

/// What the studio's own messages mean.
struct StudioMessageTests {
    private static let now = Timestamp(milliseconds: 1_795_237_200_000)

    private func sums(_ delivery: Delivery) -> [String: Double] {
        var sums: [String: Double] = [:]
        for case .measurement(let event) in delivery.events { sums[event.type, default: 0] += event.value }
        return sums
    }

    private func job(
        _ state: JobState, cached: Bool = false, problem: JobProblem? = nil, measurements: JSONValue = ["duration_seconds": 60.5],
        operation: String = "audio.transcribe"
    ) throws -> Bytes {
        let input = JobFile(file: "file_1", digest: "sha256:00", size: 1000, name: "talk.wav", mediaType: "audio/wav")
        let output = JobFile(file: "file_2", digest: "sha256:01", size: 40, name: "talk.vtt", mediaType: "text/vtt")
        let result = JobResult(
            files: [output], measurements: measurements, usage: JobUsage(cpuSeconds: 3.25, peakMemoryBytes: 1))
        let job = JobDocument(
            id: "job_1", operation: operation, state: state, owner: "org_1", batch: nil, inputs: [input], parameters: nil,
            progress: 1, stage: nil, cached: cached, attempts: 1, result: state == .succeeded ? result : nil, problem: problem,
            created: Self.now.advanced(by: .seconds(-10)), started: cached ? nil : Self.now.advanced(by: .seconds(-8)),
            finished: state.isFinal ? Self.now : nil)
        return try JSON.encode(
            CloudEvent(
                type: cached || state == .queued ? "avstudio.job.accepted" : "avstudio.job.finished", source: "/audio", data: job))
    }

    @Test func aJobThatHasEndedIsMeasured() throws {
        let delivery = StudioMessages.event(try job(.succeeded))
        #expect(delivery.id?.hasPrefix("evt_") == true)
        #expect(
            sums(delivery) == [
                "jobs": 1, "bytes_in": 1000, "bytes_out": 40, "processing_seconds": 8, "waiting_seconds": 2, "cpu_seconds": 3.25,
                "media_seconds": 60.5, "speed": 7.5625, "audio_processed": 1, "captions_generated": 1,
            ])
        guard case .run(let run)? = delivery.events.first, case .measurement(let event)? = delivery.events.last else {
            Issue.record("no run and no measurement")
            return
        }
        #expect(run.id == "job_1" && run.status == .succeeded && !run.isCounted)
        #expect(event.owner == "org_1" && event.script == "audio.transcribe" && event.run == "job_1")
        #expect(event.labels == [Label("organisation", "org_1")])
    }

    @Test func aVideoThatWasMadeIsCounted() throws {
        let found = sums(StudioMessages.event(try job(.succeeded, operation: "video.captions")))
        #expect(found["videos_processed"] == 1 && found["audio_processed"] == nil && found["captions_generated"] == 1, "\(found)")
        #expect(sums(StudioMessages.event(try job(.failed, operation: "video.captions")))["videos_processed"] == nil)
    }

    @Test(
        arguments: [
            (["frames": 200, "duration_seconds": 8], 200, 1), (["frames": ["count": 200], "duration_seconds": 4], 200, 0.5),
            (["frames": 0], 0, nil), (["frames": "many", "duration_seconds": -1], nil, nil),
            (["frames": -3, "duration_seconds": 1e12], nil, nil),
        ] as [(JSONValue, Double?, Double?)])
    func framesAndSpeedAreMeasured(_ measurements: JSONValue, _ frames: Double?, _ speed: Double?) throws {
        let found = sums(StudioMessages.event(try job(.succeeded, measurements: measurements)))
        #expect(found["frames"] == frames && found["speed"] == speed, "\(found)")
        #expect(found["media_seconds"] == measurements["duration_seconds"]?.doubleValue.flatMap { speed == nil ? nil : $0 })
    }

    @Test func anAnswerFromTheCacheHasNoSpeed() throws {
        #expect(sums(StudioMessages.event(try job(.succeeded, cached: true)))["speed"] == nil)
    }

    @Test func failuresAreToldByKind() throws {
        let delivery = StudioMessages.event(try job(.failed, problem: JobProblem(code: "not-media", message: "…")))
        #expect(sums(delivery)["jobs_failed"] == 1)
        let kinds = delivery.events.compactMap { event -> String? in
            guard case .measurement(let event) = event, event.type == "errors" else { return nil }
            return event.labels.first { $0.name == "error_type" }?.value
        }
        #expect(kinds == ["not-media"])
    }

    @Test func aJobThatIsAcceptedCountsOnlyWhenItIsAnsweredAtOnce() throws {
        #expect(StudioMessages.event(try job(.queued)).events.isEmpty)
        #expect(sums(StudioMessages.event(try job(.succeeded, cached: true)))["cached_jobs"] == 1)
    }

    @Test func aCallOfAModelIsMeasured() throws {
        var call = ModelCallMetric(
            time: Self.now, model: "m", provider: "p", inputTokens: 10, outputTokens: 5, cost: 0.0005, seconds: 1.5,
            outcome: "failed",
            fallbacks: 2, key: "key_1", user: "usr_1", organisation: "org_1")
        call.prompt = "a secret"
        (call.video, call.channel) = ("talk-7", "news")
        let delivery = StudioMessages.metrics(try JSON.encode(call), reader: EventReader(), now: Self.now)
        #expect(
            sums(delivery) == [
                "llm_calls": 1, "llm_failed": 1, "errors": 1, "llm_fallbacks": 2, "cost_dollars": 0.0005, "input_tokens": 10,
                "output_tokens": 5, "llm_seconds": 1.5,
            ])
        #expect(!"\(delivery)".contains("secret"))
        guard case .measurement(let event)? = delivery.events.first else { return }
        #expect(event.owner == "org_1")
        for label in [("user", "usr_1"), ("model", "m"), ("video", "talk-7"), ("channel", "news")].map(Label.init) {
            #expect(event.labels.contains(label))
        }
    }

    /// One that is wrong keeps the others from nothing.
    @Test func callsThatAreToldTogetherAreMeasuredEach() throws {
        let call = ModelCallMetric(
            time: Self.now, model: "m", provider: "p", inputTokens: 10, outputTokens: 5, cost: 0.5, seconds: 1.5,
            outcome: "answered", key: "key_1")
        var wrong = try JSONValue(encoding: call).objectValue ?? [:]
        wrong["cost_dollars"] = "dear"
        let message: JSONValue = [try JSONValue(encoding: call), .object(wrong), "x", try JSONValue(encoding: call)]
        let delivery = StudioMessages.metrics(message.serialized(), reader: EventReader(), now: Self.now)
        #expect(sums(delivery) == ["llm_calls": 2, "cost_dollars": 1, "input_tokens": 20, "output_tokens": 10, "llm_seconds": 3])
        #expect(delivery.problems.map(\.field) == ["[1].cost_dollars", "[2]"])
        #expect(delivery.problems.allSatisfy { $0.code == "invalid-model-call" })
    }

    /// A field of that name makes no call of a model.
    @Test func anEventThatIsWrongKeepsTheOthersFromNothing() throws {
        let event: [String: JSONValue] = ["script_name": "news", "metric_type": "stories", "value": 3]
        for name in ["gen_ai", 7] as [JSONValue] {
            let message: JSONValue = [.object(event.merging(["name": name]) { $1 }), .object(event)]
            let delivery = StudioMessages.metrics(message.serialized(), reader: EventReader(), now: Self.now)
            #expect(sums(delivery) == ["stories": 3], "\(delivery)")
            #expect(delivery.problems.count == 1 && delivery.problems[0].field.contains("name"), "\(delivery.problems)")
        }
    }

    @Test(arguments: ["", "nonsense", "{}", #"{"name": "gen_ai.call"}"#, #"{"name": 7}"#, "[1,2]", "\u{0}"])
    func nonsenseIsCountedAndNothingElse(_ text: String) {
        for delivery in [
            StudioMessages.metrics(Bytes(text.utf8), reader: EventReader(), now: Self.now), StudioMessages.event(Bytes(text.utf8)),
        ] {
            #expect(delivery.events.isEmpty)
            #expect(!delivery.problems.isEmpty)
        }
    }
}
