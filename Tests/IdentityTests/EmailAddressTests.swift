import Identity
import Testing

struct EmailAddressTests {
    @Test(arguments: [
        ("Ann@Example.ORG", "ann@example.org"), ("  ann@example.org ", "ann@example.org"),
        ("a.b+tag@mail.example.co.uk", "a.b+tag@mail.example.co.uk"), ("o'neil@example.org", "o'neil@example.org"),
        ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
    ])
    func oneForm(_ text: String, _ expected: String) throws {
        #expect(try EmailAddress(text).text == expected)
        #expect(try EmailAddress(EmailAddress(text).text) == EmailAddress(text))
    }

    @Test(arguments: [
        "", " ", "ann", "@", "@example.org", "ann@", "ann@example", "a@b@example.org", ".ann@example.org", "ann.@example.org",
        "a..n@example.org", "ann@-example.org", "ann@example-.org", "ann@example..org", "ann@.example.org", "an n@example.org",
        "ann@exam ple.org", "\"ann\"@example.org", "ann@[192.0.2.1]", "ann\n@example.org", "ann@example.org\nBcc: x@y.z",
        "änn@example.org", "ann@exämple.org", "аnn@example.org", "ann@example.org\u{0}",
        String(repeating: "a", count: 65) + "@example.org", "a@" + String(repeating: "a", count: 64) + ".org",
        "a@" + String(repeating: "abc.", count: 64) + "org",
    ])
    func noAddresses(_ text: String) {
        #expect(throws: IdentityError.self) { try EmailAddress(text) }
    }
}
