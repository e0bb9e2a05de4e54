package import Contracts
package import HTTPServer
import Primitives

extension Response {
    /// Server-sent events that have no end of their own: they last as long as the signed identity with which they were asked for,
    /// a minute at most. Whoever follows them asks again, and is refused then when the key has been revoked or has expired.
    /// - Parameter body: tells the events; its task is cancelled when the stream ends.
    package static func events(
        for principal: Principal, _ body: @escaping @Sendable (EventWriter) async throws -> Void
    ) -> Response {
        .events { writer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await body(writer) }
                group.addTask { try await Task.sleep(for: max(.zero, principal.expires.duration(since: .now()))) }
                try await group.next()
                group.cancelAll()
            }
        }
    }
}
