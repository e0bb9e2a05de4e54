import Contracts
import Messaging
import Primitives
import ServiceRuntime
import TestSupport
import Testing

/// Measurements on their way to a real nats-server.
struct TrackerTests {
    private static let stream = StreamSettings(
        name: Subjects.metricsStream, subjects: [Subjects.metric], retention: .limits, maximumBytes: .mib(64))

    private func bus(_ server: NATSServer) async throws -> MessageBus {
        var messaging = MessagingConfiguration(name: "tracker-tests")
        messaging.servers = [server.url]
        messaging.reconnectWait = .milliseconds(20)
        return try await MessageBus.connect(messaging)
    }

    /// What the stream has, message by message.
    private func messages(_ bus: MessageBus, events count: Int) async throws -> [[MetricEvent]] {
        let queue = try await bus.workQueue(stream: Subjects.metricsStream, consumer: ConsumerSettings(durableName: "test"))
        var messages: [[MetricEvent]] = []
        while messages.reduce(0, { $0 + $1.count }) < count {
            for item in try await queue.fetch(maximum: 100, wait: .seconds(20)) {
                #expect(item.message.payload.count < 64 << 10)
                messages.append(try JSON.decode([MetricEvent].self, from: item.message.payload))
                try await item.acknowledge()
            }
        }
        return messages
    }

    @Test func eventsGoOutTogetherAndOnce() async throws {
        let server = try await NATSServer.start()
        let bus = try await bus(server)
        try await bus.ensureStream(Self.stream)
        let tracker = Tracker("upload.py", bus: bus, isEnabled: true)
        let long = String(repeating: "x", count: 200)
        for place in 0..<1200 {
            tracker.track("videos_processed", Double(place), owner: "ann", labels: place < 500 ? ["video": long] : [:])
        }
        let running = Task { try await tracker.run() }
        let messages = try await messages(bus, events: 1200)
        #expect(messages.allSatisfy { $0.count <= 500 })
        #expect(messages.count < 12)
        #expect(messages.flatMap { $0 }.map(\.value) == (0..<1200).map(Double.init))
        tracker.finish()
        try await running.value
        tracker.track("late")
        #expect(tracker.lostCount == 1)
        await bus.drain()
    }

    @Test func whatAServerThatIsAwayHasNotTakenComesLater() async throws {
        let server = try await NATSServer.start()
        let bus = try await bus(server)
        try await bus.ensureStream(Self.stream)
        let tracker = Tracker("upload.py", bus: bus, isEnabled: true)
        let running = Task { try await tracker.run() }
        server.kill()
        for place in 0..<300 { tracker.track("videos_processed", Double(place)) }
        try await server.restart()
        // The reader's connection comes back by itself, after the server does.
        try await eventually("connected again") { bus.isConnected }
        let messages = try await messages(bus, events: 300)
        #expect(messages.flatMap { $0 }.map(\.value) == (0..<300).map(Double.init))
        running.cancel()
        await bus.drain()
    }

    private enum Broken: String, CodedError {
        case disk
        var code: String { "disk-full" }
        var message: String { "no room" }
    }

    @Test func aFunctionIsTimedAndItsErrorsAreTold() async throws {
        let server = try await NATSServer.start()
        let bus = try await bus(server)
        try await bus.ensureStream(Self.stream)
        let tracker = Tracker("worker", bus: bus, isEnabled: true)
        let (clock, pause) = (ContinuousClock(), Duration.milliseconds(30))
        let whole = try await clock.measure {
            let answer = try await tracker.timed {
                try await clock.sleep(for: pause)
                return 42
            }
            #expect(answer == 42)
        }
        await #expect(throws: Broken.disk) { try await tracker.timed(labels: ["channel": "news"]) { throw Broken.disk } }
        tracker.finish()
        try await tracker.run()
        let events = try await messages(bus, events: 6).flatMap { $0 }
        #expect(
            events.map(\.type).sorted() == ["errors", "run_seconds", "run_seconds", "runs", "runs", "runs_succeeded"])
        let seconds = try #require(events.first { $0.type == "run_seconds" }?.value)
        #expect((pause.seconds...whole.seconds).contains(seconds))
        #expect(events.first { $0.type == "errors" }?.labels == ["channel": "news", "error_type": "disk-full"])
        await bus.drain()
    }

    @Test func switchedOffNothingIsSent() async throws {
        let server = try await NATSServer.start()
        let bus = try await bus(server)
        try await bus.ensureStream(Self.stream)
        let tracker = Tracker("upload.py", bus: bus, isEnabled: false)
        tracker.track("videos_processed")
        _ = await tracker.timed { 1 }
        tracker.finish()
        try await tracker.run()
        #expect(try await bus.streamUsage(Subjects.metricsStream).messages == 0)
        #expect(tracker.lostCount == 0)
        await bus.drain()
    }

    @Test(arguments: [("false", false), ("0", false), ("OFF", false), ("true", true), ("", true)])
    func theEnvironmentDecides(_ value: String, _ isEnabled: Bool) {
        #expect(Analytics.isEnabled(["ENABLE_ANALYTICS": value]) == isEnabled)
        #expect(Analytics.isEnabled([:]))
    }
}
