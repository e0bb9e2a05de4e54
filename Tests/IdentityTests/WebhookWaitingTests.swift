import Identity
import Persistence
import Primitives
import Testing

/// What waits for an endpoint to which nothing is sent.
struct WebhookWaitingTests {
    /// What happens while nothing is sent is sent later, in order.
    @Test func eventsWaitForAnEndpointThatIsPaused() async throws {
        try await WebhookSetup.with { setup in
            let endpoint = try await setup.add()
            try await setup.webhooks.setEnabled(false, endpoint.id, of: "org_a")
            for id in ["msg_1", "msg_2"] {
                #expect(try await setup.publish(id: id) == 1)
                setup.scratch.clock.advance(.hours(1))
            }
            #expect(await setup.dispatcher.deliverOnce() == 0)
            try await setup.webhooks.setEnabled(true, endpoint.id, of: "org_a")
            for _ in 0..<2 { #expect(await setup.dispatcher.deliverOnce() == 1) }
            #expect(setup.receiver.ids == ["msg_1", "msg_2"])
        }
    }

    /// A receiver that was away for days gets what happened before and after its endpoint was stopped.
    @Test(arguments: [true, false]) func nothingIsLostByAReceiverThatWasAway(_ isReplayed: Bool) async throws {
        try await WebhookSetup.with { setup in
            let (endpoint, start) = (try await setup.add(), setup.scratch.clock.now)
            setup.receiver.answer(nil)
            try await setup.publish(id: "msg_1")
            var count = 1
            while try await setup.webhooks.find(endpoint.id, of: "org_a").stop == nil {
                while await setup.dispatcher.deliverOnce() == 1 {}
                setup.scratch.clock.advance(.hours(12))
                count += 1
                try await setup.publish(id: "msg_\(count)")
            }
            try await setup.publish(id: "msg_last")
            setup.receiver.answer(WebhookAnswer(status: 200))
            if isReplayed {
                #expect(try await setup.webhooks.replayFailed(since: start, to: endpoint.id, of: "org_a") == count + 1)
            } else {
                try await setup.webhooks.setEnabled(true, endpoint.id, of: "org_a")
            }
            // At once, not when the next of the ten attempts would have been.
            while await setup.dispatcher.deliverOnce() == 1 {}
            let delivered = try await setup.webhooks.deliveries(to: endpoint.id, of: "org_a", state: .delivered, limit: 500)
            #expect(delivered.count == (isReplayed ? count + 1 : count))
            #expect(try await setup.webhooks.find(endpoint.id, of: "org_a").stop == nil)
        }
    }

    @Test func theOldestThatWaitMakeRoom() async throws {
        try await WebhookSetup.with { setup in
            let (paused, other) = (try await setup.add(["job.*"]), try await setup.add())
            try await setup.webhooks.setEnabled(false, paused.id, of: "org_a")
            for number in 1...5 {
                try await setup.publish(id: "msg_\(number)")
                while await setup.dispatcher.deliverOnce() > 0 {}
                setup.scratch.clock.advance(.seconds(1))
            }
            try await setup.webhooks.remove(other.id, of: "org_a")
            try await setup.webhooks.sweep(olderThan: .hours(24), keeping: 3)
            #expect(
                try await setup.webhooks.deliveries(to: paused.id, of: "org_a").map(\.message) == ["msg_5", "msg_4", "msg_3"])
            #expect(try await setup.scratch.rows("webhook_message") == 3)
        }
    }
}
