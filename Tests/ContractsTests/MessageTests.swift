import Contracts
import Primitives
import Testing

@Suite struct MessageTests {
    @Test func principalsHoldScopes() {
        let principal = Principal(subject: "key_1", owner: "ann", tier: "free", scopes: [.filesRead], expires: .now())
        #expect(principal.may(.filesRead))
        #expect(!principal.may(.filesWrite))
        #expect(Principal(subject: "k", owner: "o", tier: "t", scopes: [.admin], expires: .now()).may(.filesWrite))
    }

    @Test func eventsAreCloudEvents() throws {
        let event = CloudEvent(
            type: "avstudio.job.progress", source: "/audio", subject: "job_1",
            data: JobProgress(id: "job_1", attempt: 1, fraction: 0.5, stage: "x"))
        let document = try JSONValue(encoding: event)
        #expect(document["specversion"] == "1.0")
        #expect(document["data"]?["fraction"] == 0.5)
        let back = try document.decoded(as: CloudEvent<JobProgress>.self)
        #expect(back.data == event.data)
        #expect(back.time == event.time)
    }

    @Test(arguments: JobState.allCases)
    func finalStates(_ state: JobState) {
        #expect(state.isFinal == ![.queued, .running].contains(state))
    }
}
