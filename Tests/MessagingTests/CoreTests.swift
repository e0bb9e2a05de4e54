import Messaging
import Primitives
import TestSupport
import Testing

@Suite struct CoreTests {
    private let fixture: Fixture

    init() async throws {
        fixture = try await Fixture.start()
    }

    @Test func aMessageArrivesWithItsHeadersAndReply() async throws {
        let subscription = try await fixture.bus.subscribe("news.*")
        try fixture.bus.publish("news.today", "hello".bytes, headers: ["Kind": "greeting", "Other": "x y"], reply: "answers.here")
        let message = try #require(try await subscription.first { _ in true })
        #expect(message.subject == "news.today")
        #expect(message.text == "hello")
        #expect(message.reply == "answers.here")
        #expect(message.headers["Kind"] == "greeting")
        #expect(message.headers["Other"] == "x y")
    }

    @Test(arguments: [0, 1, 65_536, 1 << 20]) func payloadsOfAnySizeArriveWhole(size: Int) async throws {
        let subscription = try await fixture.bus.subscribe("sizes")
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try fixture.bus.publish("sizes", payload)
        #expect(try await subscription.first { _ in true }?.payload == payload)
    }

    @Test func aPayloadOverTheServersLimitIsRefusedAtOnce() async throws {
        let fixture = try await Fixture.start("max_payload: 1000")
        defer { fixture.server.stop() }
        #expect(throws: MessagingError.payloadTooLarge(size: 1001, limit: 1000)) {
            try fixture.bus.publish("large", Bytes(repeating: 0, count: 1001))
        }
        try fixture.bus.publish("large", Bytes(repeating: 0, count: 1000))
        try await fixture.bus.flush()
        #expect(fixture.bus.isConnected)
    }

    @Test(arguments: ["", "a b", "a..b", ".a", "a.", "a\r\nPUB b 0", "a.*", "a.>", "a\tb"])
    func subjectsThatCanNotBePublishedOnAreRefused(subject: String) async throws {
        #expect(throws: MessagingError.invalidSubject(subject)) { try fixture.bus.publish(subject, []) }
        #expect(await failure { try await fixture.bus.request(subject, []) } == .invalidSubject(subject))
    }

    @Test(arguments: ["a.b*", "a.>.b", "", "a b"]) func subjectsThatCanNotBeSubscribedToAreRefused(subject: String) async throws {
        #expect(await failure { try await fixture.bus.subscribe(subject) } == .invalidSubject(subject))
    }

    @Test(arguments: [("Name", "a\r\nNats-Msg-Id: b"), ("Na:me", "a"), ("", "a"), ("Na me", "a"), ("Name", ""), ("Name", " ")])
    func headersThatWouldBreakTheMessageAreRefused(name: String, value: String) async throws {
        #expect(throws: MessagingError.invalidHeader(name)) { try fixture.bus.publish("subject", [], headers: [name: value]) }
    }

    @Test func aQueueSharesTheMessages() async throws {
        let total = 200
        let counts = Shared([0, 0])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in 0..<2 {
                let subscription = try await fixture.bus.subscribe("work", queue: "workers")
                group.addTask {
                    for try await _ in subscription {
                        let sum = counts.change { counts in
                            counts[member] += 1
                            return counts.reduce(0, +)
                        }
                        if sum == total { return }
                    }
                }
            }
            for _ in 0..<total { try fixture.bus.publish("work", []) }
            try await group.next()
            group.cancelAll()
        }
        #expect(counts.value.reduce(0, +) == total)
        #expect(counts.value.allSatisfy { $0 > 0 })
    }

    @Test func cancellingEndsASubscription() async throws {
        let subscription = try await fixture.bus.subscribe("news")
        try fixture.bus.publish("news", "last".bytes)
        try await eventually("arrived") { subscription.held == 1 }
        subscription.cancel()
        var texts: [String] = []
        for try await message in subscription { texts.append(message.text) }
        #expect(texts == ["last"])
        // The server knows that nobody listens any more.
        try await eventually("unsubscribed") {
            await failure { try await fixture.bus.request("news", []) } == .noResponders(subject: "news")
        }
    }

    @Test func aSlowSubscriberLosesMessagesAndIsToldOf() async throws {
        let events = fixture.bus.events()
        let subscription = try await fixture.bus.subscribe("flood", capacity: 10)
        for index in 0..<100 { try fixture.bus.publish("flood", "\(index)".bytes) }
        try await eventually("all were lost or held") { subscription.dropped == 90 }
        let event = await events.first { _ in true }
        #expect(event == .slowConsumer(subject: "flood", dropped: 1))
        #expect(subscription.held == 10)
        // It is the newest that are lost, and the subscription goes on.
        let iterator = subscription.makeAsyncIterator()
        for index in 0..<10 { #expect(try await iterator.next()?.text == "\(index)") }
        try fixture.bus.publish("flood", "again".bytes)
        #expect(try await iterator.next()?.text == "again")
    }

    @Test func moreThanMayWaitToBeSentIsRefused() async throws {
        let server = try await NATSServer.start()
        defer { server.stop() }
        let bus = try await server.connect { $0.outboundLimit = .kib(256) }
        server.freeze()
        defer { server.thaw() }
        var error: MessagingError?
        // The socket's buffers take some of it.
        for _ in 0..<2000 where error == nil {
            error = await failure { try bus.publish("subject", Bytes(repeating: 7, count: 16_384)) }
        }
        #expect(error == .outboundFull)
    }

    @Test func aServerThatIsNotThere() async throws {
        var configuration = MessagingConfiguration(name: "nobody")
        configuration.servers = ["nats://127.0.0.1:1"]
        let error = await failure { try await MessageBus.connect(configuration) }
        guard case .connectFailed(let status, _) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(status > 0 && error?.natsStatus == status && error?.isRetriable == true)
    }

    @Test func theTraceTravelsInAHeader() async throws {
        let subscription = try await fixture.bus.subscribe("traced")
        let trace = TraceContext.root()
        try TraceContext.$current.withValue(trace) { try fixture.bus.publish("traced", []) }
        #expect(try await subscription.first { _ in true }?.headers["traceparent"] == trace.traceparent)
    }
}
