import CLinux
import Glibc
import Primitives

/// What still has to be sent on a socket that has had enough for now.
struct OutputQueue {
    enum Outcome {
        /// Nothing is left.
        case done
        /// The socket takes no more for now.
        case blocked
        /// The connection is broken, or a file became shorter while it was sent.
        case failed
    }

    private enum Segment {
        case bytes(Bytes, from: Int)
        case file(OpenFile, Range<Int64>)
    }

    /// One call's share of a file, so that one download does not hold up the loop.
    private static let fileShare: Int64 = 512 << 10

    private var current: Segment?
    private var following = Deque<Segment>()
    /// Bytes held in memory.
    private(set) var heldBytes = 0

    var isEmpty: Bool { current == nil }

    /// - Parameter start: the bytes before it have been sent.
    mutating func append(_ bytes: Bytes, from start: Int = 0) {
        guard start < bytes.count else { return }
        heldBytes += bytes.count - start
        append(.bytes(bytes, from: start))
    }

    mutating func append(_ part: FilePart) {
        if !part.range.isEmpty { append(.file(part.file, part.range)) }
    }

    private mutating func append(_ segment: Segment) {
        if current == nil { current = segment } else { following.append(segment) }
    }

    mutating func removeAll() {
        self = OutputQueue()
    }

    /// Sends until nothing is left or the socket takes no more.
    /// - Parameter sent: grows by the bytes sent.
    mutating func write(to descriptor: Int32, sent: inout Int) -> Outcome {
        while let segment = current {
            let count: Int
            switch segment {
            case .bytes(let bytes, let start):
                count = bytes.withUnsafeBytes {
                    avs_send(descriptor, $0.baseAddress! + start, $0.count - start, following.isEmpty ? 0 : 1)
                }
                if count > 0 {
                    heldBytes -= count
                    current = start + count < bytes.count ? .bytes(bytes, from: start + count) : following.popFirst()
                }
            case .file(let file, let range):
                var offset = off_t(range.lowerBound)
                count = sendfile(descriptor, file.descriptor, &offset, Int(min(Int64(range.count), Self.fileShare)))
                if count == 0 { return .failed }
                if count > 0 {
                    let rest = (range.lowerBound + Int64(count))..<range.upperBound
                    current = rest.isEmpty ? following.popFirst() : .file(file, rest)
                    // The rest is sent when epoll comes round again.
                    if !rest.isEmpty { return finish(&sent, count, .blocked) }
                }
            }
            if count < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN ? .blocked : .failed
            }
            sent += count
        }
        return .done
    }

    private func finish(_ sent: inout Int, _ count: Int, _ outcome: Outcome) -> Outcome {
        sent += count
        return outcome
    }
}
