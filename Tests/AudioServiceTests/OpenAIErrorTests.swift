import HTTP
import HTTPServer
import Primitives
import Testing

@testable import avstudio_audio

struct OpenAIErrorTests {
    /// A client that is refused for a while is told for how long, as everywhere else.
    @Test func anErrorKeepsItsHeaders() async throws {
        let problem = Problem(status: .serviceUnavailable, code: "busy", "try again", headers: ["Retry-After": "7"])
        let response = try await OpenAIError.translating { throw problem }
        #expect(response.status == .serviceUnavailable && response.headers["Retry-After"] == "7")
        #expect(response.headers["Content-Type"] == "application/json")
        #expect(OpenAIError(problem).document["error"]?["code"] == "busy")
    }
}
