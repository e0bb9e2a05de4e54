import Glibc
import HTTP
import HTTPClient
import HTTPServer
import Primitives
import Testing

/// Small pieces leave at once: Nagle's algorithm (RFC 896) is off on every connection, taken or made.
@Suite(.bothCarriers) struct NoDelayTests {
    /// Both ends of the connections to a port of this process that are open now.
    private func ends(of port: Int) -> (taken: [Int32], made: [Int32]) {
        var ends: (taken: [Int32], made: [Int32]) = ([], [])
        for descriptor: Int32 in 0..<4096 {
            guard let peer = Self.port(descriptor, getpeername), let own = Self.port(descriptor, getsockname) else { continue }
            if own == port { ends.taken.append(descriptor) }
            if peer == port { ends.made.append(descriptor) }
        }
        return ends
    }

    private static func port(
        _ descriptor: Int32, _ name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int? {
        var (address, size) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(descriptor, $0, &size) }
        }
        return status == 0 && address.sin_family == sa_family_t(AF_INET) ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    private func isDelayed(_ descriptor: Int32) -> Bool {
        var (value, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        return getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &value, &size) != 0 || value == 0
    }

    @Test func noConnectionWaitsForMore() async throws {
        var router = Router()
        router.on(.post, "/") { _ in Response.json(["a": 1] as JSONValue) }
        let server = HTTPServer(configuration: HTTPServerConfiguration(), router: router)
        try server.start()
        let client = HTTPClient(configuration: HTTPClientConfiguration(egress: .allowing(["127.0.0.1"])))
        let response = try await client.send(
            ClientRequest(.post, "http://127.0.0.1:\(server.port)/", body: .bytes(Bytes("{}".utf8))))
        _ = try await response.collect(upTo: .mib(1))
        // Kept for the next request.
        let ends = ends(of: server.port)
        #expect(ends.taken.count == 1 && ends.made.count == 1, "\(ends)")
        #expect(!ends.taken.contains(where: isDelayed))
        #expect(!ends.made.contains(where: isDelayed))
        await client.shutdown()
        await server.drain()
    }
}
