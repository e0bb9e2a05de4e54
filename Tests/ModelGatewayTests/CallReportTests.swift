import Contracts
import GatewayCore
import Messaging
import ModelRouting
import Persistence
import Primitives
import ServiceRuntime
import TestSupport
import Testing

@testable import avstudio_gateway

/// How calls that have ended are put into messages.
@Suite struct CallReportTests {
    private func call(_ number: Int, content: CallContent? = nil) -> EndedCall {
        let record = CallRecord(
            time: Timestamp(milliseconds: 1_800_000_000_000), caller: ("key_1", nil, nil, nil), model: "gpt", provider: "openai",
            usage: TokenUsage(input: 21, output: 9), cost: Money(nanoDollars: 111_000), seconds: 0.5, decision: "d\(number)")
        return EndedCall(record, content: content)
    }

    /// - Returns: the numbers of the calls in each message; one that stands by itself is no array.
    private func told(_ calls: [EndedCall]) async throws -> [(numbers: [String], isArray: Bool)] {
        let server = try await NATSServer.start()
        defer { server.stop() }
        var configuration = MessagingConfiguration(name: "call-report-tests")
        configuration.servers = [server.url]
        let bus = try await MessageBus.connect(configuration)
        let folder = try TemporaryFolder("avstudio-reports")
        defer { folder.remove() }
        let database = try await Database.open(folder.appending("audit.sqlite"), migrations: [])
        let metrics = try await bus.subscribe(Subjects.metric, queue: nil, capacity: 64)
        let reports = CallReports(bus: bus, audit: AuditLog(database), metrics: MetricsRegistry())
        for call in calls { reports.report(call) }
        reports.flush()
        // Messages of one connection come in their order.
        try bus.publish(Subjects.metric, Bytes("\"after\"".utf8))
        var messages: [(numbers: [String], isArray: Bool)] = []
        let iterator = metrics.makeAsyncIterator()
        while let message = try await iterator.next() {
            let document = try JSONValue(parsing: message.payload)
            if document == "after" { break }
            #expect(message.payload.count < 64 << 10 || document.arrayValue == nil)
            let metrics = try (document.arrayValue ?? [document]).map { try $0.decoded(as: ModelCallMetric.self) }
            messages.append((metrics.compactMap(\.decision), document.arrayValue != nil))
        }
        await bus.drain()
        await database.close()
        return messages
    }

    @Test(.timeLimit(.minutes(1))) func callsThatEndTogetherAreToldTogether() async throws {
        let messages = try await told((0..<33).map { call($0) })
        #expect(messages.map(\.numbers.count) == [32, 1] && messages.map(\.isArray) == [true, false])
        #expect(messages.flatMap(\.numbers) == (0..<33).map { "d\($0)" })
    }

    /// What was said may fill a message.
    @Test(.timeLimit(.minutes(1))) func aCallWithItsWordsStandsByItself() async throws {
        let words = CallContent(prompt: Bytes("Say hello.".utf8), answer: nil)
        let messages = try await told((0..<33).map { call($0, content: $0 == 10 ? words : nil) })
        #expect(messages.map(\.numbers.count) == [10, 1, 22] && messages.map(\.isArray) == [true, false, true])
        #expect(messages.flatMap(\.numbers) == (0..<33).map { "d\($0)" })
    }
}
