import Contracts
import GatewayCore
import Identity
import Persistence
import Primitives
import Testing

/// Keys are their owner's, and go with those who made them.
struct KeyOwnerTests {
    /// An organisation with two owners, and how they ask.
    private struct Company {
        let id: String
        let ann: Principal
        let bob: Principal

        init(_ gateway: Gateway) async throws {
            let accounts = gateway.accounts
            var people: [String] = []
            for name in ["ann", "bob"] {
                let registration = Registration(
                    email: "\(name)@example.org", password: "correct horse battery", name: name)
                people.append(try await accounts.create(registration).id)
            }
            id = try await accounts.memberships(of: people[0])[0].organisation.id
            let invitation = try await accounts.invite("bob@example.org", to: id, as: .owner, by: .user(people[0])).text
            try await accounts.accept(invitation, by: people[1])
            ann = try await accounts.principal(of: people[0], in: id, lifetime: .minutes(1))
            bob = try await accounts.principal(of: people[1], in: id, lifetime: .minutes(1))
        }
    }

    private func key(_ keys: KeyStore, by maker: Principal, _ scopes: Set<Scope> = [.keysManage]) async throws -> (
        id: String, text: String
    ) {
        let (key, text) = try await keys.create(KeyRequest(name: "k", scopes: scopes), by: maker)
        return (key.id, text)
    }

    @Test func whoIsNoOwnerAnyMoreKeepsNoKeyOfTheOrganisation() async throws {
        for role in [OrganisationRole.editor, nil] {
            try await Studio.with { studio in
                let (gateway, keys) = (studio.gateway, studio.gateway.keys)
                let company = try await Company(gateway)
                let anns = try await key(keys, by: company.ann)
                let bobs = try await key(keys, by: company.bob)
                let bobsKey = Principal(
                    subject: bobs.id, owner: company.id, tier: company.bob.tier, scopes: [.keysManage],
                    expires: .now().advanced(by: .minutes(1)))
                let grandchild = try await key(keys, by: bobsKey)
                // Ann has the text now, and Bob the one before for a while.
                let handedOver = try await key(keys, by: company.bob)
                let rotated = try await keys.rotate(handedOver.id, for: company.ann).text
                // The other way round it is Bob's.
                let taken = try await key(keys, by: company.ann)
                let his = try await keys.rotate(taken.id, for: company.bob).text
                let elsewhere = try await keys.create(
                    KeyRequest(name: "own", scopes: [.filesRead]),
                    by: gateway.accounts.principal(of: company.bob.subject, in: nil, lifetime: .minutes(1))
                ).text
                if let role {
                    try await gateway.setRole(
                        of: company.bob.subject, in: company.id, to: role, by: .user(company.ann.subject))
                } else {
                    try await gateway.removeMember(
                        company.bob.subject, from: company.id, by: .user(company.ann.subject))
                }
                for _ in 0..<2 {
                    let keys = studio.gateway.keys
                    for text in [bobs.text, grandchild.text, handedOver.text, taken.text, his] {
                        #expect(keys.authenticate(text) == nil)
                    }
                    for text in [anns.text, rotated, elsewhere] { #expect(keys.authenticate(text) != nil) }
                    #expect(keys.signingGenerations(of: handedOver.id) == [2])
                    try await studio.restart()
                }
            }
        }
    }

    @Test func keysOfAnAccountEndWithIt() async throws {
        try await Studio.with { studio in
            let company = try await Company(studio.gateway)
            let bobs = try await key(studio.gateway.keys, by: company.bob)
            try await studio.gateway.deleteUser(company.bob.subject, password: nil, from: "192.0.2.1")
            #expect(studio.gateway.keys.authenticate(bobs.text) == nil)
        }
    }

    /// A request that was let in before and writes after.
    @Test func noKeyIsMadeByWhomThatWasTakenFrom() async throws {
        try await Studio.with { studio in
            let (gateway, keys) = (studio.gateway, studio.gateway.keys)
            let company = try await Company(gateway)
            let made = try await key(keys, by: company.ann)
            try await keys.revoke(made.id, for: company.ann)
            let revoked = Principal(
                subject: made.id, owner: company.id, tier: company.ann.tier, scopes: [.keysManage],
                expires: .now().advanced(by: .minutes(1)))
            try await gateway.removeMember(company.bob.subject, from: company.id, by: .user(company.ann.subject))
            try await gateway.deleteOrganisation(company.id, by: .user(company.ann.subject))
            for maker in [company.bob, company.ann, revoked] {
                await #expect(throws: GatewayError.scopeNotHeld("keys:manage")) { try await key(keys, by: maker) }
            }
            #expect(try await studio.rows("api_key") == 1)
            #expect(keys.list(for: company.ann).count == 1)
        }
    }

    @Test func anOwnerHasSoManyKeysThatWork() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let first = try await key(keys, by: .administrator)
            for _ in 1..<KeyStore.limit { _ = try await key(keys, by: .administrator) }
            await #expect(throws: GatewayError.keyCount(limit: KeyStore.limit)) { try await key(keys, by: .administrator) }
            _ = try await keys.create(KeyRequest(name: "k", owner: "ann", scopes: [.filesRead]), by: .administrator)
            try await keys.revoke(first.id, for: .administrator)
            _ = try await key(keys, by: .administrator)
        }
    }

    @Test func keysThatWorkNoMoreAreForgotten() async throws {
        try await Studio.with { studio in
            let keys = studio.gateway.keys
            let owners = try await key(keys, by: .administrator)
            let revoked = try await key(keys, by: .administrator)
            let expiring = try await keys.create(
                KeyRequest(name: "k", scopes: [.filesRead], expires: .now().advanced(by: .hours(1))), by: .administrator
            ).key
            let good = try await key(keys, by: .administrator)
            for ended in [owners, revoked] { try await keys.revoke(ended.id, for: .administrator) }
            let age = Gateway.endedKeyAge
            try await keys.sweep(olderThan: age, now: .now().advanced(by: age).advanced(by: .seconds(-60)))
            #expect(keys.list(for: .administrator).count == 4)
            try await keys.sweep(olderThan: age, now: .now().advanced(by: age).advanced(by: .seconds(60)))
            #expect(keys.list(for: .administrator).map(\.id) == [good.id, expiring.id, owners.id])
            try await keys.sweep(olderThan: age, now: .now().advanced(by: age).advanced(by: .hours(2)))
            // Without any key there would be another owner's key.
            #expect(keys.list(for: .administrator).map(\.id) == [good.id, owners.id])
            #expect(try await studio.rows("api_key") == 2)
        }
    }

    /// Making and revoking keys in a loop leaves no more of them than a person can look through.
    @Test func noMoreEndedKeysAreKeptThanWorkingOnes() async throws {
        try await Studio.with { studio in
            _ = try await key(studio.gateway.keys, by: .administrator)
            try await studio.database.write { connection in
                try connection.execute(
                    """
                    WITH RECURSIVE n(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < 300)
                    INSERT INTO api_key(id, name, owner, tier, scopes, created, revoked, secret_hash)
                    SELECT 'key_zz' || n, 'k', 'ann', 'standard', 'llm', 0, 0, x'00' FROM n
                    """)
            }
            try await studio.restart()
            let made = try await studio.gateway.keys.create(
                KeyRequest(name: "k", owner: "ann", scopes: [.filesRead]), by: .administrator)
            #expect(studio.gateway.keys.list(for: .of("ann")).count == KeyStore.limit + 1)
            #expect(studio.gateway.keys.list(for: .of("ann")).contains { $0.id == made.key.id })
            #expect(try await studio.rows("api_key") == Int64(KeyStore.limit) + 2)
        }
    }
}
