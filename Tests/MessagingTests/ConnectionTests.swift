import Messaging
import Primitives
import TestSupport
import Testing

@Suite struct ConnectionTests {
    private let fixture: Fixture

    init() async throws {
        fixture = try await Fixture.start()
    }

    @Test func itReconnectsAndSubscriptionsGoOn() async throws {
        var events = fixture.bus.events().makeAsyncIterator()
        let subscription = try await fixture.bus.subscribe("news")
        fixture.server.kill()
        #expect(await events.next() == .disconnected)
        #expect(!fixture.bus.isConnected && fixture.bus.state == .reconnecting)
        // What is published meanwhile waits and is sent then.
        try fixture.bus.publish("news", "while away".bytes)
        try await fixture.server.restart()
        #expect(await events.next() == .reconnected)
        #expect(fixture.bus.isConnected)
        try fixture.bus.publish("news", "back".bytes)
        let iterator = subscription.makeAsyncIterator()
        #expect(try await iterator.next()?.text == "while away")
        #expect(try await iterator.next()?.text == "back")
    }

    @Test func requestsThatWaitAreToldOfALostConnection() async throws {
        let deaf = try await fixture.bus.subscribe("deaf")
        let request = Task {
            await failure { try await fixture.bus.request("deaf", [], timeout: .seconds(60)) }
        }
        try await eventually("asked") { deaf.held == 1 }
        fixture.server.kill()
        let error = try #require(await request.value)
        #expect(error.code == "messaging-disconnected" && error.isRetriable && error.natsStatus != nil)
    }

    @Test func aSubscriptionMadeWhileTheServerIsAwayIsThereWhenItIsBack() async throws {
        fixture.server.kill()
        try await eventually("lost") { !fixture.bus.isConnected }
        let subscription = try await fixture.bus.subscribe("news")
        try await fixture.server.restart()
        try await eventually("back") { fixture.bus.isConnected }
        try fixture.bus.publish("news", "hello".bytes)
        #expect(try await subscription.first { _ in true }?.text == "hello")
    }

    @Test func drainLosesNothing() async throws {
        let server = try await NATSServer.start()
        defer { server.stop() }
        let (asking, answering) = (try await server.connect(), try await server.connect())
        let responder = answering.serve("work", queue: "work", concurrency: 8) { message in
            // Longer than it takes to begin draining.
            try await Task.sleep(for: .milliseconds(20))
            return message.payload
        }
        let run = Task { try await responder.run() }
        try await Fixture(server: server, bus: asking).untilServed("work")
        let received = try await asking.subscribe("done.*")
        let (answered, refused) = (Shared(0), Shared(0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<100 {
                group.addTask {
                    let error = await failure {
                        let answer = try await asking.request("work", "\(index)".bytes, timeout: .seconds(60))
                        #expect(answer.text == "\(index)")
                    }
                    guard let error else { return answered.change { $0 += 1 } }
                    // Came after the door was closed: nobody has begun it.
                    #expect(error == .noResponders(subject: "work"))
                    refused.change { $0 += 1 }
                }
            }
            try await eventually("at work") { responder.statistics.requests > 5 }
            for index in 0..<100 { try answering.publish("done.\(index)", []) }
            await answering.drain()
            try await group.waitForAll()
        }
        #expect(answered.value + refused.value == 100)
        #expect(answered.value >= responder.statistics.requests - 1)
        try await eventually("all that was published is received") { received.held == 100 }
        try await run.value
        #expect(answering.state == .closed)
        #expect(throws: MessagingError.self) { try answering.publish("late", []) }
        #expect(await failure { try await answering.subscribe("late") }?.code == "messaging-closed")
        await answering.drain()
    }

    @Test func drainLetsRequestsGetTheirAnswers() async throws {
        let server = try await NATSServer.start()
        defer { server.stop() }
        let (asking, answering) = (try await server.connect(), try await server.connect())
        let requests = try await answering.subscribe("work")
        let answer = Task { try await asking.request("work", []).text }
        let request = try #require(try await requests.first { _ in true })
        async let drained: Void = asking.drain()
        try await eventually("draining") {
            await failure { try await asking.subscribe("other") } != nil
        }
        try answering.publish(try #require(request.reply), "answer".bytes)
        #expect(try await answer.value == "answer")
        await drained
    }

    @Test func subscriptionsEndWithTheConnection() async throws {
        let subscription = try await fixture.bus.subscribe("news")
        for index in 0..<10 { try fixture.bus.publish("news", "\(index)".bytes) }
        try await fixture.bus.flush()
        let read = Task { try await subscription.reduce(into: [String]()) { $0.append($1.text) } }
        await fixture.bus.drain()
        #expect(try await read.value == (0..<10).map { "\($0)" })
    }

    @Test func aServerThatHangsIsATimeout() async throws {
        fixture.server.freeze()
        defer { fixture.server.thaw() }
        let flush = await failure {
            try await fixture.bus.flush(timeout: .milliseconds(100))
        }
        #expect(flush?.code == "message-timeout")
        let request = await failure {
            try await fixture.bus.request("any", [], timeout: .milliseconds(100))
        }
        #expect(request == .timeout(subject: "any"))
    }

    @Test func nothingRemainsOfABusThatIsLetGo() async throws {
        let server = try await NATSServer.start()
        defer { server.stop() }
        weak var bus: MessageBus?
        weak var subscription: Subscription?
        do {
            let strong = try await server.connect()
            let subscribed = try await strong.subscribe("news")
            (bus, subscription) = (strong, subscribed)
            _ = await failure { try await strong.request("nobody", []) }
        }
        try await eventually("let go") { bus == nil && subscription == nil }
        // Its subscription went with it, as others see.
        let other = try await server.connect()
        try await eventually("closed") {
            await failure { try await other.request("news", [], timeout: .milliseconds(100)) }
                == .noResponders(subject: "news")
        }
    }
}
