import Contracts
import Primitives
import Testing

@testable import ServiceRuntime

struct DownloadedInputsTests {
    @Test(arguments: [
        ("https://example.org/a/b%20c.wav?x=y/z#d", "b c.wav"), ("https://example.org", "example.org"),
        ("https://example.org/%2e%2e", "input"), ("https://example.org/a%2Fb%5Cc%00d%0Ae%7Ff%C2%85g", "abcdefg"),
        ("https://example.org/%0A", "input"), ("https://example.org/%EF%BF%BD.wav", ".wav"),
        ("https://example.org/" + String(repeating: "%C3%A4", count: 150), String(repeating: "ä", count: 100)),
    ])
    func filesHaveNamesThatTheGatewayTakes(_ url: String, _ name: String) {
        #expect(URLFileName.name(ofURL: url) == name)
    }

    @Test func whatDripsIsBrokenOff() throws {
        let start = ContinuousClock.now
        var rate = LeastRate(since: start)
        let enough = LeastRate.bytesPerSecond * 30
        try rate.add(1, at: start + .seconds(29))
        try rate.add(enough, at: start + .seconds(30))
        // What came in one window does not count for the next.
        try rate.add(enough - 1, at: start + .seconds(59))
        #expect { try rate.add(0, at: start + .seconds(60)) } throws: { ($0 as? JobProblem)?.code == "url-too-slow" }
    }
}
