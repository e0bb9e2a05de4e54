import Messaging
import TestSupport

extension TestGateway {
    /// A connection of a test's own to the gateway's bus.
    func bus(_ name: String) async throws -> MessageBus {
        var configuration = MessagingConfiguration(name: name)
        configuration.servers = [nats.url]
        return try await MessageBus.connect(configuration)
    }
}
