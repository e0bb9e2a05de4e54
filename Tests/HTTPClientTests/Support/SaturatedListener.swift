import Glibc

/// A listening port whose queue of connections is full and never emptied: the kernel leaves further connects unanswered.
final class SaturatedListener: Sendable {
    let port: Int
    private let descriptors: [Int32]

    init() throws {
        let (listener, port) = try ScriptedServer.listen(on: "127.0.0.1", backlog: 0)
        self.port = port
        var address = ScriptedServer.address("127.0.0.1", port: port)
        descriptors =
            [listener]
            + (0..<4).map { _ in
                let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        _ = connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                return client
            }
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
