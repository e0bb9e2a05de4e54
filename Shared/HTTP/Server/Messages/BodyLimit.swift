import HTTP
package import Primitives

/// How long a request body may be.
package enum BodyLimit: Sendable, Hashable {
    case unlimited
    case atMost(ByteSize)

    func admits(_ count: Int64) -> Bool {
        guard case .atMost(let size) = self else { return true }
        return count <= size.bytes
    }

    func narrowed(to size: ByteSize) -> BodyLimit {
        guard case .atMost(let own) = self else { return .atMost(size) }
        return .atMost(min(own, size))
    }

    var problem: Problem {
        guard case .atMost(let size) = self else {
            return Problem(status: .contentTooLarge, code: "body-too-large", "the body is too long")
        }
        return Problem(
            status: .contentTooLarge, code: "body-too-large", "the body is longer than the \(size) allowed here",
            extensions: ["limit": .integer(size.bytes)])
    }
}
