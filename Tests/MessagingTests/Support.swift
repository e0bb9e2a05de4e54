import Messaging
import Primitives
import Synchronization
import TestSupport
import Testing

/// A server and one connection to it.
struct Fixture {
    let server: NATSServer
    let bus: MessageBus

    static func start(_ settings: String = "", maximumStore: ByteSize = .mib(256)) async throws -> Fixture {
        let server = try await NATSServer.start(settings, maximumStore: maximumStore)
        return Fixture(server: server, bus: try await server.connect())
    }
}

extension NATSServer {
    func connect(_ change: (inout MessagingConfiguration) -> Void = { _ in }) async throws -> MessageBus {
        var configuration = MessagingConfiguration(name: "messaging-tests")
        configuration.servers = [url]
        configuration.reconnectWait = .milliseconds(20)
        change(&configuration)
        return try await MessageBus.connect(configuration)
    }
}

/// The error that a call ends with, if it does.
func failure(_ body: () async throws -> some Any) async -> MessagingError? {
    do {
        _ = try await body()
    } catch let error as MessagingError {
        return error
    } catch {
        Issue.record("not a MessagingError: \(error)")
    }
    return nil
}

extension String {
    var bytes: Bytes { Bytes(utf8) }
}

extension Message {
    var text: String { String(decoding: payload, as: UTF8.self) }
}

/// A value that several tasks change.
final class Shared<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) { stored = Mutex(value) }

    var value: Value { stored.withLock { $0 } }

    @discardableResult
    func change<T: Sendable>(_ body: (inout sending Value) -> sending T) -> T { stored.withLock { body(&$0) } }
}
