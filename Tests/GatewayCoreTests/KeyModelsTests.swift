import Contracts
import GatewayCore
import Persistence
import Primitives
import TestSupport
import Testing

struct KeyModelsTests {
    @Test(
        arguments: [
            (nil, nil, true), (nil, ["a"], true), (nil, [], true), (["a"], nil, false), (["*"], nil, false), (["a"], ["a"], true),
            (["a"], ["b"], false), (["a"], ["a", "b"], false), (["a", "b"], ["b"], true), (["a"], [], true), ([], [], true),
            ([], ["a"], false), (["gpt-5*"], ["gpt-5"], true), (["gpt-5*"], ["gpt-5-mini"], true), (["gpt-5*"], ["gpt-5-*"], true),
            (["gpt-5*"], ["gpt-5*"], true), (["gpt-5*"], ["gpt*"], false), (["gpt-5*"], ["gpt-4"], false),
            (["gpt-5"], ["gpt-5*"], false),
            (["*"], ["a*", "b"], true),
        ] as [([String]?, [String]?, Bool)])
    func covering(_ patterns: [String]?, _ others: [String]?, _ covers: Bool) {
        #expect(KeyModels(patterns).covers(KeyModels(others)) == covers)
    }

    /// What a list covers allows nothing that the list does not allow.
    @Test func coveringMeansAllowing() {
        let parts = ["a", "ab", "abc", "b", "ba"]
        let patterns = parts + parts.map { $0 + "*" } + ["*"]
        func allows(_ pattern: String, _ name: String) -> Bool {
            pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : pattern == name
        }
        for first in patterns {
            for second in patterns where KeyModels([first]).covers(KeyModels([second])) {
                for name in parts + ["", "abcd", "bab"] where allows(second, name) {
                    #expect(allows(first, name), "\(first) \(second)")
                }
            }
        }
    }

    @Test(arguments: [
        [""], ["a b"], ["a*b"], ["*a"], ["a\nb"], ["ä"], [String(repeating: "a", count: 201)], Array(repeating: "a", count: 201),
    ])
    func patternsThatMakeNoSense(_ patterns: [String]) async throws {
        try await Studio.with { studio in
            await #expect(throws: GatewayError.self) {
                try await studio.gateway.keys.create(
                    KeyRequest(name: "a", scopes: [.filesRead], models: KeyModels(patterns)), by: .administrator)
            }
            let (key, _) = try await studio.gateway.keys.create(KeyRequest(name: "a", scopes: [.filesRead]), by: .administrator)
            await #expect(throws: GatewayError.self) {
                try await studio.gateway.keys.update(key.id, KeyChange(models: KeyModels(patterns)), for: .administrator)
            }
        }
    }

    @Test(arguments: [nil, [], ["local/gemma", "gpt-5*"]] as [[String]?])
    func listsSurviveARestart(_ patterns: [String]?) async throws {
        try await Studio.with { studio in
            let (_, text) = try await studio.gateway.keys.create(
                KeyRequest(name: "a", scopes: [.filesRead], models: KeyModels(patterns)), by: .administrator)
            try await studio.restart()
            let key = try #require(studio.gateway.keys.authenticate(text))
            #expect(key.models.patterns == patterns)
        }
    }

    /// A key with a list speaks: nothing it makes, changes or rotates may use more.
    @Test func nobodyGivesModelsThatTheyHaveNot() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let (limited, _) = try await keys.create(
                KeyRequest(name: "limited", owner: "ann", scopes: [.keysManage], models: KeyModels(["gpt-5*"])), by: .administrator)
            let (wide, text) = try await keys.create(
                KeyRequest(name: "wide", owner: "ann", scopes: [.keysManage]), by: .administrator)
            let ann = Principal(
                subject: limited.id, owner: "ann", tier: limited.tier, scopes: [.keysManage],
                expires: .now().advanced(by: .seconds(60)))
            #expect(
                try await keys.create(KeyRequest(name: "a", scopes: [.keysManage]), by: ann).key.models == KeyModels(["gpt-5*"]))
            for patterns in [KeyModels.all, KeyModels(["claude*"]), KeyModels(["gpt-5", "x"])] {
                await #expect(throws: GatewayError.modelsNotHeld) {
                    try await keys.create(KeyRequest(name: "a", scopes: [.keysManage], models: patterns), by: ann)
                }
                await #expect(throws: GatewayError.modelsNotHeld) {
                    try await keys.update(limited.id, KeyChange(models: patterns), for: ann)
                }
            }
            await #expect(throws: GatewayError.modelsNotHeld) { try await keys.rotate(wide.id, for: ann) }
            await #expect(throws: GatewayError.modelsNotHeld) {
                try await keys.update(wide.id, KeyChange(name: "mine"), for: ann)
            }
            #expect(keys.authenticate(text)?.name == "wide")
            #expect(
                try await keys.update(limited.id, KeyChange(models: KeyModels(["gpt-5-mini"])), for: ann).models
                    == KeyModels(["gpt-5-mini"]))
            #expect(keys.models(of: ann) == KeyModels(["gpt-5-mini"]))
            #expect(keys.models(of: .administrator) == .all)
            #expect(keys.models(of: .of("somebody")) == .all)
        }
    }

    @Test func onlyAKeysOwnerRenamesIt() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let (key, _) = try await keys.create(KeyRequest(name: "a", owner: "ann", scopes: [.filesRead]), by: .administrator)
            _ = try await keys.update(key.id, KeyChange(name: "b"), for: .of("ann"))
            await #expect(throws: GatewayError.keyNotFound) { try await keys.update(key.id, KeyChange(name: "c"), for: .of("bob")) }
            try await studio.restart()
            #expect(try studio.gateway.keys.find(key.id, for: .of("ann")).name == "b")
        }
    }

    @Test(arguments: [(0, false), (60, true), (30 * 86_400, true)])
    func graceOfARotation(_ seconds: Int, _ worksHalfway: Bool) async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let (key, old) = try await keys.create(KeyRequest(name: "a", scopes: [.filesRead]), by: .administrator)
            let new = try await keys.rotate(key.id, grace: .seconds(seconds), for: .administrator).text
            #expect((keys.authenticate(old, now: .now().advanced(by: .seconds(seconds / 2))) != nil) == worksHalfway)
            #expect(keys.authenticate(old, now: .now().advanced(by: .seconds(seconds + 1))) == nil)
            #expect(keys.authenticate(new, now: .now().advanced(by: .seconds(seconds + 1))) != nil)
            for grace in [-1, 30 * 86_400 + 1] {
                await #expect(throws: GatewayError.self) {
                    try await keys.rotate(key.id, grace: .seconds(grace), for: .administrator)
                }
            }
        }
    }

    @Test func signingSecretsRotateWithTheKey() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let (key, _) = try await keys.create(KeyRequest(name: "a", scopes: [.filesRead]), by: .administrator)
            #expect(keys.signingGenerations(of: key.id) == [1])
            _ = try await keys.rotate(key.id, for: .administrator)
            #expect(keys.signingGenerations(of: key.id) == [2, 1])
            #expect(keys.signingGenerations(of: key.id, now: .now().advanced(by: KeyStore.rotationGrace + .seconds(1))) == [2])
            _ = try await keys.rotate(key.id, grace: .zero, for: .administrator)
            try await studio.restart()
            #expect(studio.gateway.keys.signingGenerations(of: key.id) == [3])
            try await studio.gateway.keys.revoke(key.id, for: .administrator)
            #expect(studio.gateway.keys.signingGenerations(of: key.id).isEmpty)
            #expect(studio.gateway.keys.signingGenerations(of: "key_none").isEmpty)
        }
    }

    /// Databases of before the lists, and of when they were kept with spaces.
    @Test(arguments: [(1, nil), (2, nil), (2, ["gpt-5*", "local/gemma"])] as [(Int, [String]?)])
    func olderKeysKeepWorking(_ count: Int, _ models: [String]?) async throws {
        try await Studio.with { studio in
            let path = studio.folder.appending("older.sqlite")
            let before = try await Database.open(path, migrations: Array(KeyStore.migrations.prefix(count)))
            try await before.write { connection in
                try connection.execute(
                    """
                    INSERT INTO api_key(id, name, owner, tier, scopes, created, secret_hash)
                    VALUES ('key_1', 'old', 'ann', 'standard', 'files:read', 1, x'00')
                    """)
                if let models { try connection.execute("UPDATE api_key SET models = ?", models.joined(separator: " ")) }
            }
            await before.close()
            let after = try await Database.open(path, migrations: KeyStore.migrations)
            let key = try await KeyStore(after).find("key_1", for: .administrator)
            #expect(key.models == KeyModels(models))
            #expect(key.generation == 1)
            await after.close()
        }
    }
}
