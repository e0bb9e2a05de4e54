import Messaging
import Primitives
import TestSupport
import Testing

@Suite struct DiscoveryTests {
    private let fixture: Fixture

    init() async throws {
        fixture = try await Fixture.start()
    }

    private static let types = ["PING": "ping_response", "INFO": "info_response", "STATS": "stats_response"]

    private func service(_ bus: MessageBus, _ id: String, echo: Responder) -> Responder {
        bus.announce(
            ServiceAnnouncement(
                name: "avstudio-audio", id: id, version: "0.1.0", description: "audio", metadata: ["host": "a"],
                endpoints: [.init(name: "echo", subject: "echo", queueGroup: "echo", statistics: { echo.statistics })]))
    }

    @Test(arguments: ["PING", "INFO", "STATS"], ["", ".avstudio-audio", ".avstudio-audio.one"])
    func aServiceAnswersAtEveryLevel(verb: String, level: String) async throws {
        let echo = fixture.bus.serve("echo", queue: "echo", concurrency: 1) { $0.payload }
        let announced = service(fixture.bus, "one", echo: echo)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await echo.run() }
            group.addTask { try await announced.run() }
            try await fixture.untilServed("echo")
            try await fixture.untilServed("$SRV.STATS.avstudio-audio.one")
            let answer = try JSONValue(parsing: try await fixture.bus.request("$SRV.\(verb)\(level)", []).payload)
            #expect(answer["type"]?.stringValue == "io.nats.micro.v1.\(Self.types[verb] ?? "")")
            #expect(answer["name"] == "avstudio-audio" && answer["id"] == "one" && answer["version"] == "0.1.0")
            #expect(answer["metadata"] == ["host": "a"])
            let endpoint = answer["endpoints"]?[0]
            switch verb {
            case "INFO":
                #expect(answer["description"] == "audio")
                #expect(endpoint == ["name": "echo", "subject": "echo", "queue_group": "echo", "metadata": [:]])
            case "STATS":
                #expect(answer["started"]?.stringValue.flatMap(Timestamp.init(iso8601:)) != nil)
                #expect(endpoint?["num_requests"]?.integerValue == 1 && endpoint?["num_errors"]?.integerValue == 0)
                #expect((endpoint?["processing_time"]?.integerValue ?? 0) > 0)
                #expect(endpoint?["processing_time"] == endpoint?["average_processing_time"])
            default:
                #expect(endpoint == nil)
            }
            group.cancelAll()
        }
    }

    @Test func everyInstanceAnswers() async throws {
        let echo = fixture.bus.serve("echo", queue: "echo", concurrency: 1) { $0.payload }
        let services = ["one", "two"].map { service(fixture.bus, $0, echo: echo) }
        let answers = try await fixture.bus.subscribe("answers")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            for id in ["one", "two"] { try await fixture.untilServed("$SRV.STATS.avstudio-audio.\(id)") }
            try fixture.bus.publish("$SRV.PING", [], reply: "answers")
            var ids: Set<String> = []
            for try await answer in answers {
                ids.insert(try JSONValue(parsing: answer.payload)["id"]?.stringValue ?? "")
                if ids.count == 2 { break }
            }
            #expect(ids == ["one", "two"])
            group.cancelAll()
        }
    }
}
