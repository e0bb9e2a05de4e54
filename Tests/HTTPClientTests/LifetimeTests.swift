import HTTP
import Primitives
import TestSupport
import Testing

@testable import HTTPClient

/// What is left when transfers end in every way there is: nothing.
@Suite(.bothCarriers) struct LifetimeTests {
    private struct Watched {
        weak var transfer: Transfer?
    }

    enum Ending: CaseIterable {
        case readToTheEnd, cancelledBeforeTheHead, cancelledAfterTheHead, failedConnect, shutDown
    }

    @Test(arguments: Ending.allCases) func transfersAreReleased(ending: Ending) async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK", String(repeating: "x", count: 400_000)) }
        defer { server.stop() }
        let loop = TransferLoop(.loopback)
        let closed = try ReservedPort()
        let url = try RequestURL(ending == .failedConnect ? closed.url : server.url)
        var watched: [Watched] = []
        for _ in 0..<50 {
            let order = TransferOrder(
                url: url, method: "GET", headers: [:], body: .none, isRepeatable: true, deadline: .now + .seconds(20),
                deadlineLimit: .seconds(20), idleTimeout: .seconds(20), configuration: .loopback)
            let transfer = Transfer(order, carrier: loop)
            watched.append(Watched(transfer: transfer))
            loop.start(transfer)
            switch ending {
            case .readToTheEnd:
                _ = try await transfer.head()
                while try await transfer.nextChunk() != nil {}
            case .cancelledBeforeTheHead: transfer.end(with: .failure(.cancelled))
            case .cancelledAfterTheHead:
                _ = try await transfer.head()
                transfer.end(with: .failure(.cancelled))
            case .failedConnect: #expect(await failure { _ = try await transfer.head() }?.code == "connect-failed")
            case .shutDown: break
            }
        }
        if ending == .shutDown {
            loop.stop(.now)
            await loop.ended()
        }
        let end = ContinuousClock.now + .seconds(10)
        while watched.contains(where: { $0.transfer != nil }) && ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(watched.allSatisfy { $0.transfer == nil })
        loop.stop(.now)
        await loop.ended()
    }

    /// Requests that end at any moment, many at once, leave a client that works.
    @Test func cancellingAtAnyMomentDoesNoHarm() async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK", String(repeating: "x", count: 100_000)) }
        defer { server.stop() }
        let client = HTTPClient(configuration: .patient)
        await withTaskGroup(of: HTTPClientError?.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    let task = Task {
                        await failure {
                            let body = ClientBody.stream(length: nil) { Bool.random() ? [1, 2, 3] : nil }
                            let request = ClientRequest(.put, server.url, body: body)
                            let received = try await client.send(request).collect(upTo: .mib(1))
                            #expect(received.count == 100_000)
                        }
                    }
                    for _ in 0..<Int.random(in: 0..<200) { await Task.yield() }
                    task.cancel()
                    return await task.value
                }
            }
            for await error in group { #expect(error == nil || error == .cancelled, "\(String(describing: error))") }
        }
        #expect(try await client.send(ClientRequest(.get, server.url)).collect(upTo: .mib(1)).count == 100_000)
    }
}
