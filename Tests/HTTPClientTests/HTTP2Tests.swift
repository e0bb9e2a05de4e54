import FoundationEssentials
import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// HTTP/2 over TLS, against nginx.
@Suite(.serialized, .bothCarriers) struct HTTP2Tests {
    @Test func manyRequestsShareOneConnection() async throws {
        try await withNginx { server in
            let client = HTTPClient(configuration: .trusting(server))
            var texts: Set<String> = []
            try await withThrowingTaskGroup(of: (String, HTTPVersion).self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        let answer = try await client.send(ClientRequest(.get, server.url + "/connection"))
                        return (try await answer.text(), answer.httpVersion)
                    }
                }
                for try await (text, version) in group {
                    texts.insert(text)
                    #expect(version == .http2)
                }
            }
            #expect(texts.count == 1, "\(texts)")
            let again = try await client.send(ClientRequest(.get, server.url + "/connection"))
            #expect(again.reusedConnection)
            #expect(try await again.text().hasSuffix(" HTTP/2.0"))
        }
    }

    /// libcurl may leave bytes it has read for another transfer unmarked; then nothing would move until its connect timer, ten
    /// seconds, wakes it.
    @Test func burstsOnFreshConnectionsDoNotStall() async throws {
        try await withNginx { server in
            for _ in 0..<60 {
                let client = HTTPClient(configuration: .trusting(server))
                let request = ClientRequest(.get, server.url + "/connection")
                try await withDeadline(.seconds(8)) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<50 { group.addTask { _ = try await client.send(request).text() } }
                        try await group.waitForAll()
                    }
                }
            }
        }
    }

    @Test func withoutSharingEachHasItsOwnConnection() async throws {
        try await withNginx { server in
            try server.addSparseFile("large", size: .mib(50))
            var configuration = HTTPClientConfiguration.trusting(server)
            configuration.sharesConnections = false
            let client = HTTPClient(configuration: configuration)
            let first = try await client.send(ClientRequest(.get, server.url + "/large"))
            let second = try await client.send(ClientRequest(.get, server.url + "/large"))
            #expect(first.httpVersion == .http2)
            #expect(!first.reusedConnection && !second.reusedConnection)
        }
    }

    @Test func refusesAnUntrustedCertificate() async throws {
        try await withNginx { server in
            let client = HTTPClient(configuration: .loopback)
            let error = await failure { _ = try await client.send(ClientRequest(.get, server.url + "/connection")) }
            #expect(error?.code == "tls-failed", "\(String(describing: error))")
        }
    }

    @Test func uploadsAndDownloads() async throws {
        try await withNginx { server in
            let client = HTTPClient(configuration: .trusting(server))
            let (chunk, count) = (Bytes((0..<100_000).map { UInt8(truncatingIfNeeded: $0) }), 40)
            let given = Counter()
            let body = ClientBody.stream(length: nil) {
                guard given.value < count else { return nil }
                given.increment()
                return chunk
            }
            let stored = try await client.send(ClientRequest(.put, server.url + "/upload/file", body: body))
            #expect(stored.status.rawValue == 201)
            #expect(stored.httpVersion == .http2)
            let answer = try await client.send(ClientRequest(.get, server.url + "/upload/file"))
            let received = try await answer.collect(upTo: .mib(64))
            #expect(received.count == chunk.count * count)
            var sent = Bytes()
            for _ in 0..<count { sent += chunk }
            #expect(received == sent)
        }
    }

    @Test func cancellingOneTransferLeavesItsNeighbours() async throws {
        try await withNginx { server in
            try server.addSparseFile("large", size: .mib(50))
            let client = HTTPClient(configuration: .trusting(server))
            let kept = try await client.send(ClientRequest(.get, server.url + "/large"))
            for _ in 0..<10 {
                let dropped = try await client.send(ClientRequest(.get, server.url + "/large"))
                dropped.body.cancel()
            }
            var received = 0
            for try await chunk in kept.body { received += chunk.count }
            #expect(received == 50 << 20)
        }
    }
}
