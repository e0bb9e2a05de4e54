import FoundationEssentials
import Messaging
import Primitives
import TestSupport
import Testing

@Suite struct PermissionTests {
    private static let authorization = """
        authorization {
            users: [
                { user: limited, password: secret, permissions: {
                    publish: ["allowed.>", "$JS.API.STREAM.INFO.*"], subscribe: ["_INBOX.>", "allowed.>"] } }
                { user: owner, password: secret }
                { nkey: UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4 }
            ]
        }
        """

    private func connect(_ user: String, to server: NATSServer) async throws -> MessageBus {
        try await server.connect {
            $0.user = user
            $0.password = "secret"
        }
    }

    @Test func aRequestThatIsDeniedFailsAtOnce() async throws {
        let server = try await NATSServer.start(Self.authorization)
        defer { server.stop() }
        let bus = try await connect("limited", to: server)
        let error = await failure {
            try await bus.request("denied.subject", [], timeout: .seconds(60))
        }
        #expect(error == .permissionDenied(subject: "denied.subject"))
        #expect(error?.natsStatus != nil && error?.isRetriable == false)
    }

    @Test func aJetStreamCallThatIsDeniedFailsAtOnce() async throws {
        let server = try await NATSServer.start(Self.authorization)
        defer { server.stop() }
        let owner = try await connect("owner", to: server)
        try await owner.ensureStream(orders)
        let bus = try await connect("limited", to: server)
        #expect(try await bus.streamUsage("ORDERS").messages == 0)
        let create = await failure {
            try await bus.ensureStream(orders)
        }
        #expect(create == .permissionDenied(subject: "$JS.API.STREAM.CREATE.ORDERS"))
        let publish = await failure {
            try await bus.publishDurable("order.a", [], messageID: "1", timeout: .seconds(60))
        }
        #expect(publish == .permissionDenied(subject: "order.a"))
    }

    @Test func aSubscriptionThatIsDeniedThrows() async throws {
        let server = try await NATSServer.start(Self.authorization)
        defer { server.stop() }
        let bus = try await connect("limited", to: server)
        let error = await failure { try await bus.subscribe("denied.*", queue: "q") }
        #expect(error == .permissionDenied(subject: "denied.*"))
        _ = try await bus.subscribe("allowed.*")
    }

    @Test func aPublicationThatIsDeniedIsAnEvent() async throws {
        let server = try await NATSServer.start(Self.authorization)
        defer { server.stop() }
        let bus = try await connect("limited", to: server)
        let events = bus.events()
        try bus.publish("denied.subject", [], reply: "allowed.reply")
        #expect(await events.first { _ in true } == .permissionDenied(subject: "denied.subject"))
        #expect(bus.isConnected)
    }

    @Test(arguments: ["wrong", ""]) func aWrongPasswordIsRefused(password: String) async throws {
        let server = try await NATSServer.start(Self.authorization)
        defer { server.stop() }
        let error = await failure {
            var configuration = MessagingConfiguration(name: "wrong")
            configuration.servers = [server.url]
            (configuration.user, configuration.password) = ("limited", password)
            return try await MessageBus.connect(configuration)
        }
        #expect(error?.code == "messaging-authentication-failed")
        #expect(!"\(String(describing: error))".contains("secret"))
    }

    @Test func anNKeyOpensTheDoor() async throws {
        let server = try await NATSServer.start(Self.authorization)
        defer { server.stop() }
        let folder = try TemporaryFolder()
        // The example pair of the NATS documentation.
        let seed = folder.appending("seed")
        try Data("SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY".utf8).write(to: URL(filePath: seed))
        let bus = try await server.connect {
            $0.nkey = .init(publicKey: "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4", seedFile: seed)
        }
        let subscription = try await bus.subscribe("any")
        try bus.publish("any", "hello".bytes)
        #expect(try await subscription.first { _ in true }?.text == "hello")
    }
}
