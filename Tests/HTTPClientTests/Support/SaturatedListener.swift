import Glibc
import TestSupport

/// A listening port whose queue of connections is full and never emptied: the kernel leaves further connects unanswered.
final class SaturatedListener: Sendable {
    let port: Int
    private let descriptors: [Int32]

    init() throws {
        let (listener, port) = try Loopback.listen(backlog: 0)
        self.port = port
        descriptors = try [listener] + (0..<4).map { _ in try Loopback.connect(to: port, isNonBlocking: true) }
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
