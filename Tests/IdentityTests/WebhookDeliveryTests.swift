import HTTP
import Identity
import Persistence
import Primitives
import Synchronization
import Testing

struct WebhookDeliveryTests {
    @Test func anEventThatIsTooLongGoesWithoutItsDetails() async throws {
        try await WebhookSetup.with { setup in
            #expect(try await setup.webhooks.listeners().isEmpty)
            _ = try await setup.add()
            #expect(try await setup.webhooks.listeners() == ["org_a"])
            func event(_ id: String, _ much: Int) -> WebhookEvent {
                WebhookEvent(
                    id: id, owner: "org_a", type: "job.finished", time: setup.scratch.clock.now,
                    data: ["id": .string("job_" + id), "much": .string(String(repeating: "m", count: much))])
            }
            try await setup.webhooks.publish([event("1", 10), event("2", 1_000_000), event("3", 10)])
            while await setup.dispatcher.deliverOnce() > 0 {}
            let told = try setup.receiver.requests.map { try JSONValue(parsing: $0.body)["data"] ?? .null }
            #expect(told.map { $0["id"] } == ["job_1", "job_2", "job_3"])
            #expect(told.map { $0["truncated"] } == [nil, true, nil])
        }
    }

    @Test func anEventArrivesSigned() async throws {
        try await WebhookSetup.with { setup in
            let endpoint = try await setup.add()
            #expect(try await setup.publish(id: "msg_1") == 1)
            #expect(await setup.dispatcher.deliverOnce() == 1)
            #expect(await setup.dispatcher.deliverOnce() == 0)
            let request = try #require(setup.receiver.requests.first)
            #expect(request.url == "https://example.org/hook")
            let document = try JSONValue(parsing: request.body)
            #expect(document["type"] == "job.finished")
            #expect(document["data"]?["job"] == "job_1")
            let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
            try WebhookSignature.verify(
                id: "msg_1", timestamp: headers["webhook-timestamp"] ?? "", signature: headers["webhook-signature"] ?? "",
                payload: request.body, secrets: setup.webhooks.secrets(of: endpoint), now: setup.scratch.clock.now)
            let delivery = try #require(try await setup.webhooks.deliveries(to: endpoint.id, of: "org_a").first)
            #expect(delivery.state == .delivered)
            #expect(try await setup.webhooks.attempts(of: "msg_1", to: endpoint.id, of: "org_a").map(\.status) == [200])
        }
    }

    /// Ten attempts over three days, each wait a tenth longer with the jitter at its most; then the endpoint stops.
    @Test(arguments: [WebhookAnswer(status: 500), WebhookAnswer(status: 302), WebhookAnswer(status: 404), nil])
    func theSchedule(_ answer: WebhookAnswer?) async throws {
        try await WebhookSetup.with { setup in
            let endpoint = try await setup.add()
            setup.receiver.answer(answer)
            try await setup.publish(id: "msg_1")
            var times: [Double] = []
            let start = setup.scratch.clock.now
            for _ in 0..<20 {
                guard await setup.dispatcher.deliverOnce() == 1 else { break }
                times.append(setup.scratch.clock.now.duration(since: start).seconds)
                guard let next = try await setup.webhooks.deliveries(to: endpoint.id, of: "org_a").first?.next else { break }
                setup.scratch.clock.advance(next.duration(since: setup.scratch.clock.now) - .milliseconds(1))
                #expect(await setup.dispatcher.deliverOnce() == 0)
                setup.scratch.clock.advance(.milliseconds(1))
            }
            let hours = [0, 5, 305, 2105, 9305, 27_305, 63_305, 113_705, 185_705, 272_105].map {
                (Double($0) * 1.1 * 1000).rounded() / 1000
            }
            #expect(times == hours)
            let delivery = try #require(try await setup.webhooks.deliveries(to: endpoint.id, of: "org_a").first)
            #expect(delivery.state == .failed)
            #expect(delivery.attempts == 10)
            #expect(try await setup.webhooks.find(endpoint.id, of: "org_a").stop == .failing)
            let attempts = try await setup.webhooks.attempts(of: "msg_1", to: endpoint.id, of: "org_a")
            #expect(attempts.map(\.status) == Array(repeating: answer?.status, count: 10))
            #expect(attempts.allSatisfy { ($0.failure == "unreachable") == (answer == nil) })
        }
    }

    @Test func anEndpointThatWorksOtherwiseIsNotStoppedByOneMessage() async throws {
        try await WebhookSetup.with { setup in
            let endpoint = try await setup.add()
            try await setup.publish(id: "msg_bad")
            setup.receiver.answer(WebhookAnswer(status: 400))
            for step in 0..<10 {
                #expect(await setup.dispatcher.deliverOnce() == 1)
                setup.scratch.clock.advance(.hours(27))
                if step == 5 {
                    try await setup.publish(id: "msg_good")
                    // The older one goes first.
                    #expect(await setup.dispatcher.deliverOnce() == 1)
                    setup.receiver.answer(WebhookAnswer(status: 200))
                    #expect(await setup.dispatcher.deliverOnce() == 1)
                    setup.receiver.answer(WebhookAnswer(status: 400))
                    setup.scratch.clock.advance(.hours(27))
                }
                if try await setup.webhooks.deliveries(to: endpoint.id, of: "org_a", state: .failed).count == 1 { break }
            }
            #expect(try await setup.webhooks.deliveries(to: endpoint.id, of: "org_a").map(\.state) == [.delivered, .failed])
            #expect(try await setup.webhooks.find(endpoint.id, of: "org_a").stop == nil)
        }
    }

    @Test func goneIsGone() async throws {
        try await WebhookSetup.with { setup in
            let endpoint = try await setup.add()
            setup.receiver.answer(WebhookAnswer(status: 410))
            try await setup.publish(id: "msg_1")
            try await setup.publish(id: "msg_2")
            #expect(await setup.dispatcher.deliverOnce() == 1)
            setup.scratch.clock.advance(.hours(100))
            #expect(await setup.dispatcher.deliverOnce() == 0)
            #expect(try await setup.publish() == 0)
            #expect(try await setup.webhooks.find(endpoint.id, of: "org_a").stop == .gone)
            // Its owner can let it go on; what waited is sent, what failed can be replayed.
            setup.receiver.answer(WebhookAnswer(status: 204))
            try await setup.webhooks.setEnabled(true, endpoint.id, of: "org_a")
            #expect(await setup.dispatcher.deliverOnce() == 1)
            #expect(await setup.dispatcher.deliverOnce() == 0)
            let since = setup.scratch.clock.now.advanced(by: .hours(-200))
            #expect(try await setup.webhooks.replayFailed(since: since, to: endpoint.id, of: "org_a") == 1)
            #expect(await setup.dispatcher.deliverOnce() == 1)
            #expect(try await setup.webhooks.attempts(of: "msg_1", to: endpoint.id, of: "org_a").map(\.status) == [410, 204])
        }
    }

    @Test func replay() async throws {
        try await WebhookSetup.with { setup in
            let endpoint = try await setup.add()
            try await setup.publish(id: "msg_1")
            for _ in 0..<3 {
                #expect(await setup.dispatcher.deliverOnce() == 1)
                try await setup.webhooks.replay("msg_1", to: endpoint.id, of: "org_a")
            }
            #expect(setup.receiver.ids == ["msg_1", "msg_1", "msg_1"])
            await #expect(throws: WebhookError.notFound) { try await setup.webhooks.replay("msg_1", to: endpoint.id, of: "org_b") }
            await #expect(throws: WebhookError.notFound) { try await setup.webhooks.replay("msg_2", to: endpoint.id, of: "org_a") }
        }
    }

    @Test(arguments: [429, 502, 503, 504])
    func aReceiverWithTooMuchToDoIsLeftAlone(_ status: Int) async throws {
        try await WebhookSetup.with { setup in
            _ = try await setup.add()
            setup.receiver.answer(WebhookAnswer(status: status, retryAfter: .seconds(120)))
            try await setup.publish(id: "msg_1")
            try await setup.publish(id: "msg_2")
            #expect(await setup.dispatcher.deliverOnce() == 1)
            setup.scratch.clock.advance(.seconds(119))
            #expect(await setup.dispatcher.deliverOnce() == 0)
            setup.receiver.answer(WebhookAnswer(status: 200))
            setup.scratch.clock.advance(.seconds(1))
            #expect(await setup.dispatcher.deliverOnce() == 1)
            #expect(await setup.dispatcher.deliverOnce() == 1)
            #expect(await setup.dispatcher.deliverOnce() == 0)
        }
    }

    @Test func rotationSignsWithBoth() async throws {
        try await WebhookSetup.with { setup in
            let endpoint = try await setup.add()
            let old = setup.webhooks.secrets(of: endpoint)
            let new = try await setup.webhooks.rotate(endpoint.id, of: "org_a")
            func signatures() async throws -> Int? {
                try await setup.publish()
                #expect(await setup.dispatcher.deliverOnce() == 1)
                return setup.receiver.requests.last?.headers.first { $0.name == "webhook-signature" }?.value.split(separator: " ")
                    .count ?? 0
            }
            let now = try await setup.webhooks.find(endpoint.id, of: "org_a")
            #expect(setup.webhooks.secrets(of: now) == [new].compactMap { $0 } + old)
            #expect(new != old.first)
            #expect(try await signatures() == 2)
            setup.scratch.clock.advance(Webhooks.overlap)
            #expect(try await signatures() == 1)
            _ = try await setup.webhooks.rotate(endpoint.id, of: "org_a", overlap: .zero)
            #expect(try await signatures() == 1)
        }
    }

    @Test func eventsGoToWhoWantsThem() async throws {
        try await WebhookSetup.with { setup in
            _ = try await setup.add()
            _ = try await setup.add(["job.finished"])
            _ = try await setup.add(["job.*", "budget.reached"])
            _ = try await setup.add(["jobs.*"])
            _ = try await setup.add(owner: "org_b")
            #expect(try await setup.publish("job.finished") == 3)
            #expect(try await setup.publish("job.failed") == 2)
            #expect(try await setup.publish("budget.reached") == 2)
            #expect(try await setup.publish("job") == 1)
            #expect(try await setup.publish("job.finished", owner: "org_c") == 0)
        }
    }

    @Test func oneIdentifierIsSentOnce() async throws {
        try await WebhookSetup.with { setup in
            _ = try await setup.add()
            #expect(try await setup.publish(id: "msg_1") == 1)
            #expect(try await setup.publish(id: "msg_1") == 0)
            #expect(await setup.dispatcher.deliverOnce() == 1)
            #expect(await setup.dispatcher.deliverOnce() == 0)
        }
    }

    @Test func whatIsTakenBackIsNotSent() async throws {
        struct Refused: Error {}
        try await WebhookSetup.with { setup in
            _ = try await setup.add()
            let webhooks = setup.webhooks
            await #expect(throws: Refused.self) {
                try await setup.scratch.database.write { connection in
                    try webhooks.publish(WebhookEvent(owner: "org_a", type: "job.finished", data: nil), on: connection)
                    throw Refused()
                }
            }
            #expect(await setup.dispatcher.deliverOnce() == 0)
        }
    }

    @Test(arguments: [
        "", "example.org", "http://example.org/", "ftp://example.org/", "https://", "https://user:pass@example.org/",
        "https://example.org/#a",
        "https://exa mple.org/", "https://example.org/\n", "javascript:alert(1)", "https://" + String(repeating: "a", count: 2048),
    ])
    func addressesThatAreRefused(_ url: String) async throws {
        try await WebhookSetup.with { setup in
            await #expect(throws: WebhookError.self) { try await setup.webhooks.add(url: url, owner: "org_a") }
        }
    }

    @Test(arguments: ["", ".", "job.", ".job", "job..x", "job finished", "jöb", "*", "job.*.x", String(repeating: "a", count: 101)])
    func typesThatAreRefused(_ type: String) async throws {
        try await WebhookSetup.with { setup in
            await #expect(throws: WebhookError.self) { try await setup.add([type]) }
            await #expect(throws: WebhookError.self) { try await setup.publish(type) }
        }
    }

    @Test func endpointsAreTheirOwnersOnly() async throws {
        try await WebhookSetup.with { setup in
            let endpoint = try await setup.add()
            await #expect(throws: WebhookError.notFound) { try await setup.webhooks.find(endpoint.id, of: "org_b") }
            await #expect(throws: WebhookError.notFound) { try await setup.webhooks.remove(endpoint.id, of: "org_b") }
            await #expect(throws: WebhookError.notFound) { try await setup.webhooks.rotate(endpoint.id, of: "org_b") }
            await #expect(throws: WebhookError.notFound) { try await setup.webhooks.setEnabled(false, endpoint.id, of: "org_b") }
            await #expect(throws: WebhookError.notFound) { try await setup.webhooks.deliveries(to: endpoint.id, of: "org_b") }
            #expect(try await setup.webhooks.list(of: "org_b").isEmpty)
            try await setup.publish()
            try await setup.webhooks.remove(endpoint.id, of: "org_a")
            #expect(try await setup.scratch.rows("webhook_delivery") == 0)
            #expect(await setup.dispatcher.deliverOnce() == 0)
        }
    }

    @Test func sweeping() async throws {
        try await WebhookSetup.with { setup in
            _ = try await setup.add()
            try await setup.publish()
            _ = await setup.dispatcher.deliverOnce()
            setup.scratch.clock.advance(.hours(30 * 24))
            try await setup.publish()
            try await setup.webhooks.sweep(olderThan: .hours(29 * 24))
            for table in ["webhook_message", "webhook_delivery"] { #expect(try await setup.scratch.rows(table) == 1) }
            #expect(try await setup.scratch.rows("webhook_attempt") == 0)
        }
    }

    /// The running dispatcher: one endpoint that never answers does not keep the others waiting, and cancelling ends it.
    @Test func aSlowReceiverKeepsOnlyItselfWaiting() async throws {
        try await WebhookSetup.with { setup in
            let slow = try await setup.webhooks.add(url: "https://slow.example/", owner: "org_a")
            let quick = try await setup.webhooks.add(url: "https://quick.example/", owner: "org_a")
            for index in 0..<3 { try await setup.publish(id: "msg_\(index)") }
            let arrived = BoundedChannel<String>(capacity: 100)
            let dispatcher = WebhookDispatcher(setup.webhooks) { request in
                if request.url.contains("slow") { try await Task.sleep(for: .seconds(3600)) }
                try await arrived.send(request.url)
                return WebhookAnswer(status: 200)
            }
            let running = Task { try await dispatcher.run() }
            for _ in 0..<3 { #expect(try await arrived.next() == "https://quick.example/") }
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            // What was broken off is no attempt of the receiver's.
            #expect(try await setup.webhooks.deliveries(to: slow.id, of: "org_a").map(\.attempts) == [0, 0, 0])
            #expect(try await setup.webhooks.deliveries(to: quick.id, of: "org_a").count == 3)
        }
    }
}
