import Contracts
import Cryptography
import HTTP
import Identity
import Persistence
import Primitives
import TestSupport
import Testing

/// Hooks as they are kept, and what becomes of messages whose signature is right.
struct HookTests {
    @Test func aRotatedSecretIsGoodForAWhile() async throws {
        try await HookSetup.with { setup in
            for given in [nil, "whsec_aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8hIQ=="] {
                let (hook, old) = try await setup.add(secret: given)
                let (_, new) = try await setup.hooks.rotate(hook.id, of: "ann", overlap: .hours(1))
                #expect(old != new)
                #expect(try await setup.send(try setup.message(id: "a", secret: old), to: hook) == "accepted")
                #expect(try await setup.send(try setup.message(id: "b", secret: new), to: hook) == "accepted")
                setup.scratch.clock.advance(.hours(1))
                #expect(try await setup.send(try setup.message(id: "c", secret: old), to: hook) == "signature-refused")
                #expect(try await setup.send(try setup.message(id: "d", secret: new), to: hook) == "accepted")
                // In wrong hands.
                let chosen = "whsec_Z29vZGJ5ZSBnb29kYnllIGdvb2RieWUh"
                #expect(try await setup.hooks.rotate(hook.id, of: "ann", secret: chosen, overlap: .zero).secret == chosen)
                #expect(try await setup.send(try setup.message(id: "e", secret: new), to: hook) == "signature-refused")
                #expect(try await setup.send(try setup.message(id: "f", secret: chosen), to: hook) == "accepted")
            }
        }
    }

    @Test func secretsOfSendersAreSealed() async throws {
        try await HookSetup.with { setup in
            let (hook, _) = try await setup.add(.github, secret: "a-secret-of-github")
            let given = try await setup.scratch.database.read {
                try $0.first("SELECT given FROM hook WHERE id = ?", hook.id) { try $0.blob("given") }
            }
            #expect(given?.isEmpty == false)
            #expect(!String(decoding: given ?? [], as: UTF8.self).contains("secret"))
        }
    }

    @Test func onesThatAreDisabledEndedOrNeverWere() async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add()
            try await setup.hooks.setEnabled(false, hook.id, of: "ann")
            #expect(try await setup.send(try setup.message(secret: secret), to: hook) == "hook-disabled")
            // Strangers do not hear that.
            let forged = try setup.message(secret: "whsec_" + String(repeating: "A", count: 43) + "=")
            #expect(try await setup.send(forged, to: hook) == "signature-refused")
            #expect(try await setup.outcomes(hook) == ["signature-wrong", "hook-disabled"])
            try await setup.hooks.setEnabled(true, hook.id, of: "ann")
            #expect(try await setup.send(try setup.message(secret: secret), to: hook) == "accepted")
            let verified = try await setup.hooks.verify(try setup.message(id: "b", secret: secret), for: hook.id)
            try await setup.hooks.remove(hook.id, of: "ann")
            #expect(try await setup.send(try setup.message(secret: secret), to: hook) == "hook-not-found")
            await #expect(throws: HookError.notFound) { try await setup.hooks.accept(verified) }
            // What was accepted goes out all the same.
            #expect(try await setup.published.count == 1)
            #expect(try await setup.scratch.rows("hook_delivery") == 0)
        }
    }

    @Test func hooksAreTheirOwners() async throws {
        try await HookSetup.with { setup in
            let (hook, _) = try await setup.add()
            await #expect(throws: HookError.notFound) { try await setup.hooks.find(hook.id, of: "bob") }
            await #expect(throws: HookError.notFound) { try await setup.hooks.remove(hook.id, of: "bob") }
            await #expect(throws: HookError.notFound) { try await setup.hooks.rotate(hook.id, of: "bob") }
            await #expect(throws: HookError.notFound) { try await setup.hooks.setEnabled(false, hook.id, of: "bob") }
            await #expect(throws: HookError.notFound) { try await setup.hooks.deliveries(to: hook.id, of: "bob") }
            #expect(try await setup.hooks.list(of: "ann") == [hook])
            for _ in 1..<Hooks.limit { _ = try await setup.add() }
            await #expect(throws: HookError.tooMany(limit: Hooks.limit)) { try await setup.add() }
            try await setup.scratch.database.write { [hooks = setup.hooks] in try hooks.removeAll(of: "ann", on: $0) }
            #expect(try await setup.hooks.list(of: "ann").isEmpty)
        }
    }

    @Test(arguments: ["", "a.", "a..b", "a b", "a.*", ">", "ü", String(repeating: "a", count: 101)])
    func eventsThatAreNoNames(_ event: String) async throws {
        try await HookSetup.with { setup in
            await #expect(throws: HookError.eventInvalid(event)) {
                try await setup.hooks.add(name: "a", event: event, scheme: .standard, owner: "ann")
            }
        }
    }

    @Test(arguments: [
        (HookScheme.standard, "whsec_AAAA"), (.standard, "not a secret"), (.github, "short"), (.stripe, "with a\nsecond line"),
        (.slack, String(repeating: "a", count: 257)),
    ])
    func secretsThatAreNone(_ scheme: HookScheme, _ secret: String) async throws {
        try await HookSetup.with { setup in
            await #expect(throws: HookError.self) { try await setup.add(scheme, secret: secret) }
            let (hook, _) = try await setup.add(scheme)
            await #expect(throws: HookError.self) { try await setup.hooks.rotate(hook.id, of: "ann", secret: secret) }
        }
    }

    @Test func bodiesOfEveryKind() async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add()
            for (id, body) in [("a", "{\"a\": [1]}"), ("b", "{broken"), ("c", ""), ("d", "null")] {
                #expect(try await setup.send(try setup.message(.standard, body, id: id, secret: secret), to: hook) == "accepted")
            }
            let binary: Bytes = [0xFF, 0x00, 0xFE]
            let key = try #require(WebhookSecret(text: secret))
            var headers: HTTPHeaders = [:]
            for header in WebhookSignature.headers(id: "e", time: setup.scratch.clock.now, payload: binary, secrets: [key]) {
                headers[header.name] = header.value
            }
            #expect(try await setup.send(HookMessage(headers: headers, body: binary), to: hook) == "accepted")
            let data = try await setup.published.map(\.event.data)
            #expect(data.map(\.payload) == [["a": [1]], nil, nil, nil, nil])
            #expect(data.map(\.text) == [nil, "{broken", "", "null", nil])
            #expect(data.map(\.base64) == [nil, nil, nil, nil, "/wD+"])
            // Quotes take twice their room in a message.
            let quotes = "x" + String(repeating: "\"", count: 40_000)
            #expect(
                try await setup.send(try setup.message(.standard, quotes, id: "f", secret: secret), to: hook) == "payload-too-large"
            )
            #expect(try await setup.outcomes(hook).first == "payload-too-large")
            #expect(try await setup.published.count == 5)
        }
    }

    /// Numbers beyond `Int64` and `Double` too; one that is so large that readers may refuse it is text.
    @Test func bodiesStayToTheLetter() async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add()
            let exact =
                #"{"type":"a", "id": 18446744073709551615, "n":-9223372036854775809,"rate": [0.10000000000000000555, 1e-400 , 1E2]}"#
            let large = #"{"id": 1e400}"#
            for (id, body) in [("a", exact), ("b", large)] {
                #expect(try await setup.send(try setup.message(.standard, body, id: id, secret: secret), to: hook) == "accepted")
            }
            let texts = try await setup.scratch.database.read { connection in
                try connection.query("SELECT payload FROM outbox ORDER BY sequence") {
                    String(decoding: try $0.blob("payload"), as: UTF8.self)
                }
            }
            #expect(texts[0].contains(#""payload":"# + exact + #","scheme""#))
            let data = try await setup.published.map(\.event.data)
            #expect(data[0].payload?["rate"]?[2] == 100)
            #expect(data.map(\.kind) == ["a", nil])
            #expect(data[1].payload == nil && data[1].text == large)
        }
    }

    /// The outbox forgets what was refused when more is; the hook remembers.
    @Test func whatWasRefusedIsNeverCalledPublished() async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add()
            for id in ["a", "b"] { _ = try await setup.send(try setup.message(id: id, secret: secret), to: hook) }
            let first = try #require(try await setup.published.first?.event.id)
            let publisher = OutboxPublisher(database: setup.scratch.database) { message in
                if message.id == first { throw Outbox.Refused("too large") }
            }
            let publishing = Task { await publisher.run() }
            try await eventually("nothing waits") { try await setup.scratch.rows("outbox") == 0 }
            publishing.cancel()
            await publishing.value
            #expect(try await setup.outcomes(hook) == ["published", "refused"])
            try await setup.scratch.database.write { try $0.execute("DELETE FROM outbox_refused") }
            #expect(try await setup.outcomes(hook) == ["published", "refused"])
        }
    }

    @Test func strangersDoNotFillTheDisk() async throws {
        try await HookSetup.with { setup in
            let (hook, _) = try await setup.add()
            let forged = try setup.message(secret: "whsec_" + String(repeating: "A", count: 43) + "=")
            for _ in 0..<30 { #expect(try await setup.send(forged, to: hook) == "signature-refused") }
            #expect(try await setup.scratch.rows("hook_delivery") == 10)
            // Another hook's owner hears of them all the same, up to what the disk is worth.
            let other = try await setup.add(owner: "bob").hook
            _ = try await setup.send(forged, to: other)
            #expect(try await setup.outcomes(other).count == 1)
            setup.scratch.clock.advance(.seconds(1))
            _ = try await setup.send(forged, to: hook)
            #expect(try await setup.scratch.rows("hook_delivery") == 12)
            for _ in 0..<25 {
                let hook = try await setup.add(owner: "eve").hook
                for _ in 0..<10 { _ = try await setup.send(forged, to: hook) }
            }
            #expect(try await setup.scratch.rows("hook_delivery") == 211)
        }
    }

    @Test func whatIsLongAgoIsForgotten() async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add()
            for id in ["a", "b", "c"] { _ = try await setup.send(try setup.message(id: id, secret: secret), to: hook) }
            try await setup.hooks.sweep(olderThan: .hours(1), keeping: 1)
            // Those of the last minutes stay: they could be played again.
            #expect(try await setup.send(try setup.message(id: "a", secret: secret), to: hook) == "repeated")
            setup.scratch.clock.advance(.minutes(16))
            try await setup.hooks.sweep(olderThan: .hours(1), keeping: 1)
            #expect(try await setup.hooks.deliveries(to: hook.id, of: "ann").map(\.message) == ["c"])
            setup.scratch.clock.advance(.hours(1))
            try await setup.hooks.sweep(olderThan: .hours(1), keeping: 1)
            #expect(try await setup.outcomes(hook).isEmpty)
        }
    }

    /// Who knows no secret can not have a message forgotten that has come.
    @Test func refusalsPushNothingOut() async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add()
            #expect(try await setup.send(try setup.message(id: "a", secret: secret), to: hook) == "accepted")
            for id in ["b", "c", "d"] {
                let stranger = try setup.message(id: id, secret: "whsec_" + Base64.encode(Bytes(repeating: 9, count: 32)))
                #expect(try await setup.send(stranger, to: hook) == "signature-refused")
            }
            setup.scratch.clock.advance(.minutes(16))
            try await setup.hooks.sweep(olderThan: .hours(1), keeping: 1)
            #expect(try await setup.hooks.deliveries(to: hook.id, of: "ann").count == 2)
            #expect(try await setup.send(try setup.message(id: "a", secret: secret, age: 0), to: hook) == "repeated")
        }
    }

    @Test func whatWaitsIsBounded() async throws {
        try await HookSetup.with { setup in
            let (hook, secret) = try await setup.add()
            #expect(try await setup.send(try setup.message(id: "a", secret: secret), to: hook) == "accepted")
            try await setup.scratch.database.write { connection in
                try connection.execute(
                    "INSERT INTO outbox(sequence, id, subject, payload, headers) VALUES (10001, 'x', 'x', x'00', '{}')")
            }
            #expect(try await setup.send(try setup.message(id: "b", secret: secret), to: hook) == "hooks-behind")
            // One that is on disk is not refused for that.
            #expect(try await setup.send(try setup.message(id: "a", secret: secret), to: hook) == "repeated")
            #expect(try await setup.outcomes(hook) == ["hooks-behind", "waiting"])
            let repeats = try await setup.hooks.deliveries(to: hook.id, of: "ann").map(\.repeats)
            #expect(repeats == [0, 1])
        }
    }
}
