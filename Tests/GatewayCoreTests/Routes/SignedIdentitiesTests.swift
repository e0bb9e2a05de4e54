import Contracts
import Primitives
import ServiceRuntime
import Testing

@testable import avstudio_gateway

struct SignedIdentitiesTests {
    private let token = PrincipalToken(key: Bytes(repeating: 3, count: 32))
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func principal(_ scopes: Set<Scope> = [.filesRead], after seconds: Int64 = 0) -> Principal {
        Principal(
            subject: "key_1", owner: "ann", tier: "standard", scopes: scopes, expires: now.advanced(by: .seconds(60 + seconds)))
    }

    @Test func anIdentityIsSignedAgainBeforeItEnds() throws {
        let identities = SignedIdentities(token: token)
        let first = try identities.text(of: principal(), now: now)
        #expect(try identities.text(of: principal(after: 29), now: now.advanced(by: .seconds(29))) == first)
        let later = now.advanced(by: .seconds(31))
        let second = try identities.text(of: principal(after: 31), now: later)
        #expect(second != first)
        #expect(try token.verify(second, now: later).expires == now.advanced(by: .seconds(91)))
    }

    @Test func aChangedKeyIsSignedAgain() throws {
        let identities = SignedIdentities(token: token)
        let first = try identities.text(of: principal(), now: now)
        let second = try identities.text(of: principal([.filesRead, .filesWrite]), now: now)
        #expect(try token.verify(first, now: now).scopes == [.filesRead])
        #expect(try token.verify(second, now: now).scopes == [.filesRead, .filesWrite])
    }

    /// A person's page and the session that it comes from may not do the same.
    @Test func aTokenIsNotItsSession() throws {
        let identities = SignedIdentities(token: token)
        var one = principal()
        for origin in [nil, "ses_1", "ses_2"] {
            one.origin = origin
            #expect(try token.verify(try identities.text(of: one, now: now), now: now).origin == origin)
        }
    }

    @Test func everyKeyHasItsOwn() throws {
        let identities = SignedIdentities(token: token)
        for number in 0..<12_000 {
            var one = principal()
            one.subject = "key_\(number)"
            if number % 1000 == 0 {
                #expect(try token.verify(try identities.text(of: one, now: now), now: now).subject == one.subject)
            } else {
                _ = try identities.text(of: one, now: now)
            }
        }
    }

    /// Sessions of one person do not take each other's place.
    @Test func everySessionHasItsOwn() throws {
        let identities = SignedIdentities(token: token)
        let texts = try zip(["ses_1", "ses_2", "ses_1", "ses_2"], 0...).map { session, seconds in
            var one = principal(after: Int64(seconds))
            one.session = session
            return try identities.text(of: one, now: now)
        }
        #expect(texts[0] != texts[1] && Array(texts[..<2]) == Array(texts[2...]))
        #expect(try token.verify(texts[1], now: now).session == "ses_2")
    }
}
