import Contracts
import Identity
import Primitives
import Testing

struct OrganisationTests {
    /// An organisation of ann's with a member of each role.
    private static func with(_ body: (Scratch, Accounts, _ organisation: String, [OrganisationRole: User]) async throws -> Void)
        async throws
    {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let ann = try await accounts.make("ann")
            let organisation = try await accounts.organisation(of: ann)
            var members = [OrganisationRole.owner: ann]
            for role in [OrganisationRole.editor, .viewer] {
                let user = try await accounts.make(role.rawValue)
                scratch.clock.advance(.seconds(1))
                let text = try await accounts.invite(user.email.text, to: organisation, as: role, by: .user(ann.id)).text
                try await accounts.accept(text, by: user.id)
                members[role] = user
            }
            try await body(scratch, accounts, organisation, members)
        }
    }

    @Test func usersComeInPages() async throws {
        try await Self.with { _, accounts, _, members in
            let first = try await accounts.page(limit: 2)
            let second = try await accounts.page(before: first.last?.id, limit: 2)
            #expect(first.count == 2 && second.count == 1)
            #expect((first + second).map(\.id) == members.values.map(\.id).sorted(by: >))
        }
    }

    @Test func roles() {
        #expect(OrganisationRole.allCases.sorted() == [.viewer, .editor, .owner])
        for (lower, higher) in [(OrganisationRole.viewer, OrganisationRole.editor), (.editor, .owner)] {
            #expect(lower.scopes.isStrictSubset(of: higher.scopes))
        }
        #expect(OrganisationRole.allCases.allSatisfy { !$0.scopes.contains(.admin) })
    }

    @Test(arguments: [OrganisationRole.editor, .viewer])
    func onlyOwnersChangeAnything(_ role: OrganisationRole) async throws {
        try await Self.with { _, accounts, organisation, members in
            let member = try #require(members[role])
            let actor = AccountActor.user(member.id)
            let ann = try #require(members[.owner])
            let missing = IdentityError.roleMissing(.owner)
            await #expect(throws: missing) { try await accounts.rename(organisation, to: "Theirs", by: actor) }
            await #expect(throws: missing) { try await accounts.invite("x@example.org", to: organisation, as: .owner, by: actor) }
            await #expect(throws: missing) { try await accounts.invitations(of: organisation, for: actor) }
            await #expect(throws: missing) { try await accounts.setRole(of: ann.id, in: organisation, to: .viewer, by: actor) }
            await #expect(throws: missing) {
                try await accounts.setRole(of: member.id, in: organisation, to: .owner, by: actor)
            }
            await #expect(throws: missing) { try await accounts.remove(ann.id, from: organisation, by: actor) }
            await #expect(throws: missing) { try await accounts.deleteOrganisation(organisation, by: actor) }
            #expect(try await accounts.members(of: organisation, for: actor).count == 3)
        }
    }

    @Test func strangersSeeNothing() async throws {
        try await Self.with { _, accounts, organisation, _ in
            let eve = try await accounts.make("eve")
            let actor = AccountActor.user(eve.id)
            await #expect(throws: IdentityError.notFound) { try await accounts.members(of: organisation, for: actor) }
            await #expect(throws: IdentityError.notFound) { try await accounts.rename(organisation, to: "Hers", by: actor) }
            await #expect(throws: IdentityError.notFound) { try await accounts.deleteOrganisation(organisation, by: actor) }
            await #expect(throws: IdentityError.notFound) { try await accounts.remove(eve.id, from: organisation, by: actor) }
            await #expect(throws: IdentityError.notFound) {
                try await accounts.principal(of: eve.id, in: organisation, lifetime: .seconds(1))
            }
            await #expect(throws: IdentityError.notFound) {
                try await accounts.invite("x@example.org", to: nil, as: .owner, by: actor)
            }
            await #expect(throws: IdentityError.notFound) { try await accounts.members(of: "org_none", for: .administrator) }
        }
    }

    @Test func anOwnerRemains() async throws {
        try await Self.with { _, accounts, organisation, members in
            let (ann, editor) = (try #require(members[.owner]), try #require(members[.editor]))
            let actor = AccountActor.user(ann.id)
            for actor in [actor, .administrator] {
                await #expect(throws: IdentityError.lastOwner) {
                    try await accounts.setRole(of: ann.id, in: organisation, to: .editor, by: actor)
                }
                await #expect(throws: IdentityError.lastOwner) { try await accounts.remove(ann.id, from: organisation, by: actor) }
            }
            try await accounts.setRole(of: editor.id, in: organisation, to: .owner, by: actor)
            try await accounts.remove(ann.id, from: organisation, by: actor)
            #expect(try await accounts.members(of: organisation, for: .user(editor.id)).map(\.role) == [.owner, .viewer])
        }
    }

    /// Two owners who leave at the same moment: one of them stays.
    @Test func ownersWhoLeaveAtOnce() async throws {
        try await Self.with { _, accounts, organisation, members in
            let (ann, editor) = (try #require(members[.owner]), try #require(members[.editor]))
            try await accounts.setRole(of: editor.id, in: organisation, to: .owner, by: .user(ann.id))
            let left = await withTaskGroup(of: Bool.self) { group in
                for user in [ann.id, editor.id] {
                    group.addTask { (try? await accounts.remove(user, from: organisation, by: .user(user))) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(left == 1)
        }
    }

    @Test func membersLeave() async throws {
        try await Self.with { _, accounts, organisation, members in
            let viewer = try #require(members[.viewer])
            try await accounts.remove(viewer.id, from: organisation, by: .user(viewer.id))
            #expect(try await accounts.members(of: organisation, for: .administrator).count == 2)
        }
    }

    @Test func principals() async throws {
        try await Self.with { scratch, accounts, organisation, members in
            try await accounts.setTier(of: organisation, to: "gold")
            let viewer = try #require(members[.viewer])
            let theirs = try await accounts.principal(of: viewer.id, in: organisation, lifetime: .seconds(60))
            #expect(theirs.owner == organisation)
            #expect(theirs.name == viewer.name && theirs.shownName == viewer.name)
            #expect(theirs.tier == "gold")
            #expect(theirs.scopes == [.filesRead, .analyticsRead])
            #expect(theirs.expires == scratch.clock.now.advanced(by: .seconds(60)))
            let own = try await accounts.principal(of: viewer.id, in: nil, lifetime: .seconds(60))
            #expect(own.owner != organisation)
            #expect(own.scopes.contains(.keysManage))
            await #expect(throws: IdentityError.notFound) { try await accounts.setTier(of: "org_none", to: "gold") }
        }
    }

    @Test func invitationsAreForOneAddressAndOnce() async throws {
        try await Self.with { scratch, accounts, organisation, members in
            let ann = try #require(members[.owner])
            let (bob, eve) = (try await accounts.make("bob"), try await accounts.make("eve"))
            scratch.clock.advance(.seconds(1))
            let (invitation, text) = try await accounts.invite("bob@example.org", to: organisation, as: .editor, by: .user(ann.id))
            await #expect(throws: IdentityError.invitationInvalid) { try await accounts.accept(text, by: eve.id) }
            await #expect(throws: IdentityError.invitationInvalid) {
                try await accounts.register(
                    Registration(email: "mallory@example.org", password: Scratch.password, name: "M", invitation: text), from: "")
            }
            #expect(try await accounts.invitations(of: organisation, for: .user(ann.id)).map(\.id) == [invitation.id])
            try await accounts.accept(text, by: bob.id)
            await #expect(throws: IdentityError.invitationInvalid) { try await accounts.accept(text, by: bob.id) }
            #expect(try await accounts.memberships(of: bob.id).map(\.role) == [.owner, .editor])

            let late = try await accounts.invite("eve@example.org", to: organisation, as: .editor, by: .user(ann.id))
            scratch.clock.advance(.hours(7 * 24))
            await #expect(throws: IdentityError.invitationInvalid) { try await accounts.accept(late.text, by: eve.id) }
            let withdrawn = try await accounts.invite("eve@example.org", to: organisation, as: .editor, by: .user(ann.id))
            try await accounts.withdraw(invitation: withdrawn.invitation.id, of: organisation, by: .user(ann.id))
            await #expect(throws: IdentityError.invitationInvalid) { try await accounts.accept(withdrawn.text, by: eve.id) }
        }
    }

    @Test func anInvitationLowersNobody() async throws {
        try await Self.with { _, accounts, organisation, members in
            let ann = try #require(members[.owner])
            let text = try await accounts.invite("ann@example.org", to: organisation, as: .viewer, by: .user(ann.id)).text
            try await accounts.accept(text, by: ann.id)
            #expect(try await accounts.memberships(of: ann.id).map(\.role) == [.owner])
        }
    }

    @Test func limits() async throws {
        try await Scratch.with { scratch in
            var rules = AccountRules()
            rules.memberLimit = 3
            let accounts = try await scratch.accounts(rules: rules)
            let ann = try await accounts.make("ann")
            let own = try await accounts.organisation(of: ann)
            for index in 0..<2 { _ = try await accounts.invite("u\(index)@example.org", to: own, as: .viewer, by: .user(ann.id)) }
            await #expect(throws: IdentityError.self) {
                try await accounts.invite("u9@example.org", to: own, as: .viewer, by: .user(ann.id))
            }
            _ = try await accounts.createOrganisation(named: "Second", owner: ann.id, limit: 2)
            await #expect(throws: IdentityError.self) {
                try await accounts.createOrganisation(named: "Third", owner: ann.id, limit: 2)
            }
        }
    }
}
