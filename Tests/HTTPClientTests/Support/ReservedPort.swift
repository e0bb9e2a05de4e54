import Glibc

/// A port of the loopback that is bound but not listened on: nobody else is given it, and connecting to it is refused until a
/// server that also asks for reuse listens there.
final class ReservedPort: Sendable {
    let number: Int
    private let descriptor: Int32

    var url: String { "http://127.0.0.1:\(number)" }

    init() throws {
        (descriptor, number) = try ScriptedServer.bound(to: "127.0.0.1")
    }

    deinit {
        close(descriptor)
    }
}
