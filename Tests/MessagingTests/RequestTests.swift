import Messaging
import Primitives
import TestSupport
import Testing

private struct Refusal: CodedError {
    var code: String { "file-not-found" }
    var message: String { "no file\nfile_1" }
    var isRetriable: Bool { true }
}

@Suite struct RequestTests {
    private let fixture: Fixture

    init() async throws {
        fixture = try await Fixture.start()
    }

    @Test func aThousandRequestsAtOnceGetTheirOwnAnswers() async throws {
        let responder = fixture.bus.serve("echo", queue: "echo", concurrency: 1000) { message in message.payload + "!".bytes }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await responder.run() }
            try await fixture.untilServed("echo")
            try await withThrowingTaskGroup(of: Void.self) { requests in
                for index in 0..<1000 {
                    requests.addTask {
                        let answer = try await fixture.bus.request("echo", "\(index)".bytes)
                        #expect(answer.text == "\(index)!")
                    }
                }
                try await requests.waitForAll()
            }
            #expect(responder.statistics.requests == 1001)
            #expect(responder.statistics.errors == 0)
            group.cancelAll()
        }
    }

    @Test func handlersAreBoundedAndTheRestWaits() async throws {
        let state = Shared((running: 0, most: 0, passes: 1))
        let responder = fixture.bus.serve("slow", queue: "slow", concurrency: 4) { _ in
            state.change { state in
                state.running += 1
                state.most = max(state.most, state.running)
            }
            try await eventually("let through") {
                state.change { state in
                    guard state.passes > 0 else { return false }
                    state.passes -= 1
                    return true
                }
            }
            state.change { $0.running -= 1 }
            return []
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await responder.run() }
            try await fixture.untilServed("slow")
            try await withThrowingTaskGroup(of: Void.self) { requests in
                for _ in 0..<20 { requests.addTask { _ = try await fixture.bus.request("slow", []) } }
                try await eventually("four are at work") { state.value.running == 4 }
                state.change { $0.passes = 20 }
                try await requests.waitForAll()
            }
            #expect(state.value.most == 4)
            group.cancelAll()
        }
    }

    @Test func anErrorOfTheServiceIsThrown() async throws {
        let responder = fixture.bus.serve("files", queue: "files", concurrency: 2) { message in
            if message.text == "coded" { throw Refusal() }
            if message.text == "other" { throw TestFailure(message: "secret detail") }
            return []
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await responder.run() }
            try await fixture.untilServed("files")
            let coded = await failure { try await fixture.bus.request("files", "coded".bytes) }
            #expect(coded == .remote(code: "file-not-found", message: "no file\nfile_1", isRetriable: true))
            #expect(coded?.code == "file-not-found" && coded?.isRetriable == true)
            let other = await failure { try await fixture.bus.request("files", "other".bytes) }
            #expect(other == .remote(code: "internal", message: "the service failed", isRetriable: false))
            #expect(responder.statistics.errors == 2)
            #expect(responder.statistics.lastError.contains("secret detail"))
            group.cancelAll()
        }
    }

    @Test func theErrorIsInTheDocumentedForm() async throws {
        let responder = fixture.bus.serve("files", queue: "files", concurrency: 2) { _ in throw Refusal() }
        let answers = try await fixture.bus.subscribe("answers")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await responder.run() }
            try await eventually("served") {
                await failure { try await fixture.bus.request("files", []) } != .noResponders(subject: "files")
            }
            try fixture.bus.publish("files", [], reply: "answers")
            let answer = try #require(try await answers.first { _ in true })
            let error = try JSONValue(parsing: answer.payload)["error"]
            #expect(error == ["code": "file-not-found", "message": "no file\nfile_1", "retriable": true])
            #expect(answer.headers["Nats-Service-Error"] == "no file file_1")
            #expect(answer.headers["Nats-Service-Error-Code"].flatMap { Int($0) } != nil)
            group.cancelAll()
        }
    }

    @Test func nobodyListens() async throws {
        let error = await failure { try await fixture.bus.request("nobody", []) }
        #expect(error == .noResponders(subject: "nobody"))
        #expect(error?.isRetriable == true && error?.natsStatus != nil)
    }

    @Test func nobodyAnswersInTime() async throws {
        let deaf = try await fixture.bus.subscribe("deaf")
        let error = await failure {
            try await fixture.bus.request("deaf", [], timeout: .milliseconds(30))
        }
        #expect(error == .timeout(subject: "deaf"))
        #expect(deaf.held == 1)
    }

    @Test func requestsWithShorterTimeoutsEndFirst() async throws {
        let deaf = try await fixture.bus.subscribe("deaf")
        let ended = Shared<[Int]>([])
        await withTaskGroup(of: Void.self) { group in
            for milliseconds in [400, 30, 200] {
                group.addTask {
                    _ = await failure {
                        try await fixture.bus.request("deaf", [], timeout: .milliseconds(milliseconds))
                    }
                    ended.change { $0.append(milliseconds) }
                }
            }
        }
        #expect(ended.value == [30, 200, 400])
        #expect(deaf.held == 3)
    }

    @Test func cancellingEndsTheWait() async throws {
        let deaf = try await fixture.bus.subscribe("deaf")
        let request = Task {
            await failure { try await fixture.bus.request("deaf", [], timeout: .seconds(60)) }
        }
        try await eventually("asked") { deaf.held == 1 }
        request.cancel()
        #expect(await request.value == .cancelled)
    }

    @Test func theHandlerRunsInTheTraceOfTheRequest() async throws {
        let responder = fixture.bus.serve("trace", queue: "trace", concurrency: 1) { _ in
            (TraceContext.current?.traceID ?? "none").bytes
        }
        let trace = TraceContext.root()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await responder.run() }
            try await fixture.untilServed("trace")
            let answer = try await TraceContext.$current.withValue(trace) { try await fixture.bus.request("trace", []) }
            #expect(answer.text == trace.traceID)
            group.cancelAll()
        }
    }
}

extension Fixture {
    /// Waits until somebody answers on a subject.
    func untilServed(_ subject: String) async throws {
        try await eventually("\(subject) is served") {
            await failure { try await bus.request(subject, []) } == nil
        }
    }
}
