import Contracts
import Primitives
import ServiceRuntime
import Testing

@Suite struct PrincipalTokenTests {
    private let token = PrincipalToken(key: Bytes(repeating: 7, count: 32))
    private let principal = Principal(
        subject: "key_1", owner: "ann", tier: "standard", scopes: [.filesRead, .audioRun],
        expires: .now().advanced(by: .seconds(60)))

    @Test func verifiesWhatItSigned() throws {
        #expect(try token.verify(try token.sign(principal)) == principal)
    }

    @Test func refusesAnotherKeysSignature() throws {
        let other = try PrincipalToken(key: Bytes(repeating: 8, count: 32)).sign(principal)
        #expect(throws: PrincipalToken.Invalid.wrongSignature) { try token.verify(other) }
    }

    @Test func refusesAChangedPrincipal() throws {
        var raised = principal
        raised.scopes = [.admin]
        let parts = try token.sign(principal).split(separator: ".")
        let forged = try PrincipalToken(key: Bytes(repeating: 9, count: 32)).sign(raised).split(separator: ".")
        #expect(throws: PrincipalToken.Invalid.wrongSignature) { try token.verify("\(forged[0]).\(parts[1])") }
    }

    @Test func refusesWhatHasExpired() throws {
        let text = try token.sign(principal)
        #expect(throws: PrincipalToken.Invalid.expired) { try token.verify(text, now: principal.expires.advanced(by: .seconds(1))) }
    }

    @Test(arguments: ["", ".", "a.b.c", "!!.!!", "e30"]) func refusesNonsense(_ text: String) {
        #expect(throws: PrincipalToken.Invalid.self) { try token.verify(text) }
    }
}
