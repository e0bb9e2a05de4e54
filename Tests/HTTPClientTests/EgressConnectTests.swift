import Glibc
import Primitives
import TestSupport
import Testing

@testable import HTTPClient

/// Connections for something other than HTTP.
@Suite struct EgressConnectTests {
    /// Tries addresses as if a name had them all.
    private func failure(_ policy: EgressPolicy, _ addresses: [String], port: Int) -> HTTPClientError? {
        var found: [UnsafeMutablePointer<addrinfo>] = []
        defer { for list in found { freeaddrinfo(list) } }
        for address in addresses {
            var (hints, list) = (addrinfo(), UnsafeMutablePointer<addrinfo>?.none)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            hints.ai_flags = AI_NUMERICHOST
            if getaddrinfo(address, "\(port)", &hints, &list) == 0, let list { found.append(list) }
        }
        do throws(HTTPClientError) {
            close(
                try policy.connect(
                    to: "mixed.example", at: found.map(\.pointee), by: .now + .seconds(10), .seconds(10)))
            return nil
        } catch { return error }
    }

    /// A private address never gets a connection, in whatever form it comes.
    @Test(arguments: ["127.0.0.1", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "0.0.0.0"])
    func innerAddressesAreRefused(address: String) throws {
        let server = try ScriptedServer.answering { _ in response("200 OK", "inner") }
        defer { server.stop() }
        #expect(failure(.publicOnly, [address], port: server.port)?.code == "refused-address")
        #expect(throws: HTTPClientError.self) {
            _ = try EgressPolicy.publicOnly.connect(to: address, port: server.port, timeout: .seconds(5))
        }
        #expect(server.connectionCount == 0)
    }

    /// The next address has its turn; the failure is that of an address that was tried.
    @Test func everyAddressHasItsTurn() throws {
        let (server, closed) = (try ScriptedServer.answering { _ in response("200 OK", "inner") }, try ReservedPort())
        defer { server.stop() }
        #expect(failure(.unrestricted, ["127.0.0.2", "127.0.0.1"], port: server.port) == nil)
        let mixed = EgressPolicy.allowing(["mixed.example"])
        #expect(failure(mixed, ["127.0.0.1"], port: closed.number)?.code == "connect-failed")
        #expect(failure(.publicOnly, [], port: closed.number)?.code == "name-not-resolved")
    }
}
