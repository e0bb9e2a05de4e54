import Contracts
import GatewayCore
import Persistence
import Primitives
import Testing

struct KeyStoreTests {
    @Test func aKeyOpensAndNothingElseDoes() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let (key, text) = try await keys.create(
                KeyRequest(name: "guest", owner: "guest", scopes: [.filesRead]), by: .administrator)
            #expect(keys.authenticate(text)?.id == key.id)
            let last = text.last == "0" ? "1" : "0"
            for wrong in [
                "", "avs_", String(text.dropLast()) + last, text + "0", text.uppercased(), "Bearer " + text,
                String(text.dropFirst()),
            ] {
                #expect(keys.authenticate(wrong) == nil, "\(wrong)")
            }
        }
    }

    @Test func secretsAreNotKept() async throws {
        try await Studio.with { studio in
            let (key, text) = try await studio.gateway.keys.create(
                KeyRequest(name: "guest", scopes: [.filesRead]), by: .administrator)
            let secret = String(text.split(separator: "_")[2])
            let stored = try await studio.database.read {
                try $0.first("SELECT secret_hash FROM api_key") { try $0.blob("secret_hash") }
            }
            #expect(stored?.count == 32)
            #expect(stored != Bytes(secret.utf8))
            #expect(!String(decoding: key.document().serialized(), as: UTF8.self).contains(secret))
        }
    }

    @Test func keysSurviveARestart() async throws {
        try await Studio.with { studio in
            let (key, text) = try await studio.gateway.keys.create(
                KeyRequest(name: "guest", owner: "ann", tier: "standard", scopes: [.filesRead, .audioRun]), by: .administrator)
            let rotated = try await studio.gateway.keys.rotate(key.id, for: .administrator)
            try await studio.restart()
            #expect(studio.gateway.keys.authenticate(text)?.scopes == [.filesRead, .audioRun])
            #expect(studio.gateway.keys.authenticate(rotated.text)?.owner == "ann")
        }
    }

    @Test func rotationLeavesTheOldSecretItsGrace() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let (key, old) = try await keys.create(KeyRequest(name: "guest", scopes: [.filesRead]), by: .administrator)
            let new = try await keys.rotate(key.id, for: .administrator).text
            let late = Timestamp.now().advanced(by: KeyStore.rotationGrace).advanced(by: .seconds(1))
            #expect(keys.authenticate(old) != nil)
            #expect(keys.authenticate(new) != nil)
            #expect(keys.authenticate(old, now: late) == nil)
            #expect(keys.authenticate(new, now: late) != nil)
        }
    }

    @Test func aRevokedKeyStaysRevoked() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let (key, text) = try await keys.create(KeyRequest(name: "guest", scopes: [.filesRead]), by: .administrator)
            try await keys.revoke(key.id, for: .administrator)
            #expect(keys.authenticate(text) == nil)
            await #expect(throws: GatewayError.self) { try await keys.rotate(key.id, for: .administrator) }
            #expect(keys.authenticate(text) == nil)
            #expect(try keys.find(key.id, for: .administrator).state(at: .now()) == "revoked")
        }
    }

    /// A revocation must not be undone by a rotation that began before it: neither in memory nor on disk.
    @Test func rotationAndRevocationAtOnceEndRevoked() async throws {
        try await Studio.with { studio in
            var texts: [String] = []
            for _ in 0..<20 {
                let (key, text) = try await studio.gateway.keys.create(
                    KeyRequest(name: "guest", scopes: [.filesRead]), by: .administrator)
                async let rotated = studio.gateway.keys.rotate(key.id, for: .administrator)
                try await studio.gateway.keys.revoke(key.id, for: .administrator)
                texts.append(text)
                do {
                    texts.append(try await rotated.text)
                } catch GatewayError.keyInvalid {
                    // The revocation came first.
                }
            }
            #expect(texts.allSatisfy { studio.gateway.keys.authenticate($0) == nil })
            try await studio.restart()
            #expect(texts.allSatisfy { studio.gateway.keys.authenticate($0) == nil })
        }
    }

    @Test func keysExpire() async throws {
        try await Studio.with { studio in
            let expires = Timestamp.now().advanced(by: .seconds(100))
            let (_, text) = try await studio.gateway.keys.create(
                KeyRequest(name: "guest", scopes: [.filesRead], expires: expires), by: .administrator)
            #expect(studio.gateway.keys.authenticate(text) != nil)
            #expect(studio.gateway.keys.authenticate(text, now: expires) == nil)
        }
    }

    @Test(arguments: [
        KeyRequest(name: "", scopes: [.filesRead]), KeyRequest(name: String(repeating: "x", count: 101), scopes: [.filesRead]),
        KeyRequest(name: "line\nbreak", scopes: [.filesRead]), KeyRequest(name: "a", owner: "", scopes: [.filesRead]),
        KeyRequest(name: "a", tier: "\u{0}", scopes: [.filesRead]), KeyRequest(name: "a", scopes: []),
        KeyRequest(name: "a", scopes: [Scope(rawValue: "files:burn")]),
        KeyRequest(name: "a", scopes: [.filesRead], expires: Timestamp(milliseconds: 0)),
    ])
    func requestsThatMakeNoSense(_ request: KeyRequest) async throws {
        try await Studio.with { studio in
            await #expect(throws: GatewayError.self) { try await studio.gateway.keys.create(request, by: .administrator) }
            #expect(studio.gateway.keys.list(for: .administrator).isEmpty)
        }
    }

    @Test func nobodyGivesMoreThanTheyHave() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let manager = Principal.of("ann", [.keysManage, .filesRead])
            await #expect(throws: GatewayError.scopeNotHeld("files:write")) {
                try await keys.create(KeyRequest(name: "a", scopes: [.filesRead, .filesWrite]), by: manager)
            }
            await #expect(throws: GatewayError.scopeNotHeld("admin")) {
                try await keys.create(KeyRequest(name: "a", scopes: [.admin]), by: manager)
            }
            await #expect(throws: GatewayError.self) {
                try await keys.create(KeyRequest(name: "a", owner: "bob", scopes: [.filesRead]), by: manager)
            }
            await #expect(throws: GatewayError.self) {
                try await keys.create(KeyRequest(name: "a", tier: "owner", scopes: [.filesRead]), by: manager)
            }
            let made = try await keys.create(KeyRequest(name: "a", scopes: [.filesRead]), by: manager).key
            #expect(made.owner == "ann")
            #expect(made.tier == "standard")
        }
    }

    /// Rotating shows a new secret: for a key that may more, that would be a way to get it.
    @Test func nobodyRotatesAKeyThatMayMore() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let (strong, text) = try await keys.create(
                KeyRequest(name: "strong", owner: "ann", scopes: [.admin]), by: .administrator)
            await #expect(throws: GatewayError.scopeNotHeld("admin")) {
                try await keys.rotate(strong.id, for: .of("ann", [.keysManage, .filesRead]))
            }
            #expect(keys.authenticate(text)?.id == strong.id)
        }
    }

    /// The new text of a key that may call more models, or more often, would be theirs who rotate it.
    @Test func nobodyRotatesAKeyThatReachesFurther() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            func make(_ models: [String]?, tier: String = "standard", _ scopes: Set<Scope> = [.modelsRun]) async throws -> APIKey {
                let request = KeyRequest(name: "k", owner: "ann", tier: tier, scopes: scopes, models: KeyModels(models))
                return try await keys.create(request, by: .administrator).key
            }
            let held = try await make(["small", "gpt*"], [.modelsRun, .keysManage])
            let holder = Principal(
                subject: held.id, owner: "ann", tier: "standard", scopes: held.scopes, expires: .now().advanced(by: .seconds(60)))
            for wider in [try await make(nil), try await make(["small", "good"]), try await make(["small"], tier: "gold")] {
                await #expect(throws: GatewayError.self) { try await keys.rotate(wider.id, for: holder) }
            }
            _ = try await keys.rotate(try await make(["small"]).id, for: holder)
            _ = try await keys.rotate(held.id, for: holder)
        }
    }

    @Test func ownersSeeTheirOwnKeysOnly() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let ann = try await keys.create(KeyRequest(name: "a", owner: "ann", scopes: [.filesRead]), by: .administrator).key
            let bob = try await keys.create(KeyRequest(name: "b", owner: "bob", scopes: [.filesRead]), by: .administrator).key
            let viewer = Principal.of("ann", [.keysManage, .filesRead])
            #expect(keys.list(for: viewer).map(\.id) == [ann.id])
            #expect(Set(keys.list(for: .administrator).map(\.id)) == [ann.id, bob.id])
            #expect(throws: GatewayError.keyNotFound) { try keys.find(bob.id, for: viewer) }
            await #expect(throws: GatewayError.keyNotFound) { try await keys.revoke(bob.id, for: viewer) }
            await #expect(throws: GatewayError.keyNotFound) { try await keys.rotate(bob.id, for: viewer) }
            await #expect(throws: GatewayError.keyNotFound) { try await keys.revoke("key_unknown", for: .administrator) }
        }
    }
}
