import Glibc

/// A listening port whose queue of connections is full and never emptied: the kernel leaves further connects unanswered.
package final class SaturatedListener: Sendable {
    package let port: Int
    private let descriptors: [Int32]

    package init() throws {
        let (listener, port) = try Loopback.listen(backlog: 0)
        self.port = port
        descriptors = try [listener] + (0..<4).map { _ in try Loopback.connect(to: port, isNonBlocking: true) }
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
