import Contracts
import Identity
import Primitives
import Testing

@testable import avstudio_gateway

/// Who is told what of the studio's events.
struct EventFeedTests {
    private func events(_ type: String, _ data: JSONValue) throws -> [WebhookEvent] {
        let event = CloudEvent(type: type, source: "/test", id: "evt_1", data: data)
        return try EventFeed.webhookEvents(try JSON.encode(event)) { $0 == "key_1" ? "ann" : nil }
    }

    @Test(arguments: [(JobState.succeeded, "job.finished"), (.failed, "job.failed"), (.cancelled, "job.cancelled")])
    func jobsThatEnded(_ state: JobState, _ type: String) throws {
        let job = JobDocument(
            id: "job_1", operation: "audio.normalize", state: state, owner: "org_1", batch: nil, inputs: [],
            parameters: ["text": "long"], progress: 1, stage: nil, cached: false, attempts: 1, result: nil, problem: nil,
            created: .now(), started: nil, finished: .now())
        let told = try events("avstudio.job.finished", try JSONValue(encoding: job))
        #expect(told.map(\.type) == [type])
        #expect(told[0].owner == "org_1")
        #expect(told[0].id == "evt_1")
        #expect(told[0].data["id"] == "job_1")
        #expect(told[0].data["parameters"] == nil)
        #expect(try events("avstudio.job.accepted", try JSONValue(encoding: job)).isEmpty)
    }

    @Test(arguments: [
        ("key", "key_1", ["ann", "owner"]), ("key", "key_2", ["owner"]), ("organisation", "org_1", ["org_1", "owner"]),
        ("user", "bob", ["bob", "owner"]), ("user", "usr_1", ["owner"]), ("session", "ann", ["owner"]),
        ("user", "owner", ["owner"]),
    ])
    func budgetsThatAreNearlySpent(_ scope: String, _ subject: String, _ owners: [String]) throws {
        let told = try events("avstudio.budget.threshold", ["scope": .string(scope), "subject": .string(subject)])
        #expect(told.map(\.owner).sorted() == owners)
        #expect(Set(told.map(\.id)).count == owners.count)
        #expect(told.allSatisfy { $0.type == "budget.threshold" })
    }

    @Test func whatIsNoEventIsRefused() {
        #expect(throws: (any Error).self) { try EventFeed.webhookEvents(Bytes("no".utf8)) { _ in nil } }
        #expect(throws: (any Error).self) { try events("avstudio.job.finished", ["id": 1]) }
    }
}
