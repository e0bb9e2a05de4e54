import HTTP
import Identity
import Primitives
import Testing

struct WebhookSignatureTests {
    /// Signed by the Python package `standardwebhooks`.
    @Test func signaturesOfTheReferenceImplementation() throws {
        let hooks = try #require(try Fixture.read("webhooks.json").arrayValue)
        #expect(hooks.count == 3)
        for hook in hooks {
            let secret = try #require(hook["secret"]?.stringValue.flatMap(WebhookSecret.init(text:)))
            let payload = Bytes(try #require(hook["payload"]?.stringValue).utf8)
            let (id, time) = (try #require(hook["id"]?.stringValue), try #require(hook["timestamp"]?.stringValue))
            let signature = try #require(hook["signature"]?.stringValue)
            try WebhookSignature.verify(
                id: id, timestamp: time, signature: signature, payload: payload, secrets: [secret], now: TestClock.start)
            let headers = WebhookSignature.headers(id: id, time: TestClock.start, payload: payload, secrets: [secret])
            #expect(headers.map(\.value) == [id, time, signature])
            #expect(secret.text == hook["secret"]?.stringValue)
        }
    }

    private static let secret = WebhookSecret(Bytes(repeating: 3, count: 32))
    private static let other = WebhookSecret(Bytes(repeating: 4, count: 32))

    private static func verify(
        id: String = "msg_1", timestamp: String = "1800000000", signature: String? = nil, payload: String = "{}",
        secrets: [WebhookSecret?] = [secret]
    ) -> SignatureError? {
        let right = WebhookSignature.headers(
            id: "msg_1", time: TestClock.start, payload: Bytes("{}".utf8), secrets: [secret].compactMap { $0 })[2].value
        do throws(SignatureError) {
            try WebhookSignature.verify(
                id: id, timestamp: timestamp, signature: signature?.replacing("RIGHT", with: right) ?? right,
                payload: Bytes(payload.utf8),
                secrets: secrets.compactMap { $0 }, now: TestClock.start)
            return nil
        } catch {
            return error
        }
    }

    @Test func whatFitsAndWhatDoesNot() {
        #expect(Self.verify() == nil)
        #expect(Self.verify(id: "msg_2") == .wrong)
        #expect(Self.verify(id: "msg.1") != nil)
        #expect(Self.verify(id: "") != nil)
        #expect(Self.verify(payload: "{ }") == .wrong)
        #expect(Self.verify(payload: "") == .wrong)
        #expect(Self.verify(secrets: [Self.other]) == .wrong)
        #expect(Self.verify(secrets: [Self.other, Self.secret]) == nil)
        #expect(Self.verify(secrets: []) == .wrong)
        #expect(Self.verify(timestamp: "1800000001") == .wrong)
    }

    @Test(arguments: ["", "x", "-1800000000", "+1800000000", "1.8e9", " 1800000000", "99999999999999999999"])
    func timesThatAreNone(_ timestamp: String) {
        #expect(Self.verify(timestamp: timestamp) == .missing("webhook-timestamp is not a number of seconds"))
    }

    @Test(arguments: [("1799999699", true), ("1799999700", false), ("1800000300", false), ("1800000301", true)])
    func tolerance(_ timestamp: String, _ isTooFar: Bool) {
        #expect((Self.verify(timestamp: timestamp) == .time) == isTooFar)
    }

    @Test(arguments: [
        ("RIGHT", true), ("v1,AAAA RIGHT", true), ("v1a,AAAA RIGHT v2,x", true), ("", false), ("v1,", false), ("v1,AAAA", false),
        ("v2,RIGHT", false), ("  RIGHT  ", true), (String(repeating: "v1,AAAA ", count: 100) + "RIGHT", false),
    ])
    func signatureLists(_ signature: String, _ isRight: Bool) {
        #expect((Self.verify(signature: signature) == nil) == isRight)
    }

    @Test(arguments: [(23, false), (24, true), (64, true), (65, false), (0, false)])
    func secretLengths(_ count: Int, _ isSecret: Bool) {
        #expect((WebhookSecret(Bytes(repeating: 1, count: count)) != nil) == isSecret)
    }
}
