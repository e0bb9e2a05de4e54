import HTTP
import Primitives
import Testing

@testable import HTTPClient

/// Protection against forged requests to inner services.
@Suite(.bothCarriers) struct EgressTests {
    @Test func aListOfHostsMayHaveWhiteSpace() {
        #expect(EgressPolicy.hosts("a.example, b.example ,\n10.0.0.1,,") == ["a.example", "b.example", "10.0.0.1"])
        #expect(EgressPolicy.hosts("").isEmpty)
    }

    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.168.1.1", "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1",
    ])
    func innerAddressesAreNotPublic(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic == false)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
        "168.63.129.15", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255", "2001:200::1", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1", "3ffe::1",
    ])
    func addressesOfTheInternetArePublic(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isPublic)
        #expect(address.description == text)
    }

    /// Ways of writing the loopback's address in a URL.
    @Test(arguments: [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]",
        "0.0.0.0", "0", "127.0.0.2",
    ])
    func innerServicesAreOutOfReach(host: String) async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK", "secret") }
        defer { server.stop() }
        var configuration = HTTPClientConfiguration.patient
        configuration.egress = .publicOnly
        let client = HTTPClient(configuration: configuration)
        let error = await failure { _ = try await client.send(ClientRequest(.get, "http://\(host):\(server.port)/")) }
        #expect(error?.code == "refused-address", "\(String(describing: error))")
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [("127.0.0.1", true), ("localhost", false), ("127.0.0.2", false)])
    func onlyNamedHostsMayBePrivate(host: String, isAllowed: Bool) async throws {
        let server = try ScriptedServer.answering { _ in response("200 OK", "inner") }
        defer { server.stop() }
        let client = HTTPClient(configuration: .loopback)
        let error = await failure { _ = try await client.send(ClientRequest(.get, "http://\(host):\(server.port)/")) }
        #expect(error?.code == (isAllowed ? nil : "refused-address"), "\(String(describing: error))")
        #expect(server.connectionCount == (isAllowed ? 1 : 0))
    }

    @Test func namesAreComparedAsNames() throws {
        let loopback = try #require(IPAddress("127.0.0.1"))
        let policy = EgressPolicy.allowing(["Inner.Example"])
        #expect(policy.permits(host: "inner.example", at: loopback))
        #expect(policy.permits(host: "inner.example.", at: loopback))
        #expect(!policy.permits(host: "evil-inner.example", at: loopback))
        for (url, host) in [
            ("http://[::1]:8081/base/", "::1"), ("http://127.0.0.1", "127.0.0.1"), ("https://Inner.example/a:b", "inner.example"),
        ] {
            let policy = try EgressPolicy.allowing(hostOf: url)
            #expect(policy.permits(host: host, at: loopback) && !policy.permits(host: "a", at: loopback), "\(url)")
        }
        #expect(throws: HTTPClientError.self) { try EgressPolicy.allowing(hostOf: "ftp://a.example") }
        #expect(EgressPolicy.unrestricted.permits(host: "any", at: loopback))
        #expect(!EgressPolicy.publicOnly.permits(host: "127.0.0.1", at: loopback))
    }

    /// A name that has changed its answer since the check, or a kept connection: the address in use is judged again.
    @Test func theAddressInUseIsJudgedWhenTheRequestBegins() async throws {
        var configuration = HTTPClientConfiguration.loopback
        configuration.egress = .publicOnly
        let loop = TransferLoop(configuration)
        let order = TransferOrder(
            url: try RequestURL("http://rebinding.example/"), method: "GET", headers: [:], body: .none, isRepeatable: true,
            deadline: .now + .seconds(10), deadlineLimit: .seconds(10), idleTimeout: .seconds(10), configuration: configuration)
        #expect(Transfer(order, carrier: loop).begin(at: IPAddress("93.184.216.34"), "93.184.216.34"))
        let transfer = Transfer(order, carrier: loop)
        #expect(!transfer.begin(at: IPAddress("127.0.0.1"), "127.0.0.1"))
        #expect(await failure { _ = try await transfer.head() }?.code == "refused-address")
        #expect(!Transfer(order, carrier: loop).begin(at: IPAddress("not an address"), "not an address"))
        loop.stop(.now)
        await loop.ended()
    }
}
