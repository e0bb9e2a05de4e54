import Glibc
import HTTP
import Primitives
import Synchronization
import TestSupport

/// A client that sends exactly the bytes it is told to and reads what comes back. Every wait ends after ten seconds.
final class RawClient: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let threads = BlockingThreads(name: "raw-client", count: 96)

    private let descriptor: Int32
    private let unread = Mutex(Bytes())
    private let isClosed = Mutex(false)

    /// - Parameter text: is sent at once, before a server with a short deadline could grow tired of waiting.
    init(port: Int, receiveBuffer: Int32? = nil, sending text: String = "") throws {
        descriptor = try Loopback.connect(to: port) { descriptor in
            if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
            var limit = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        try sendNow(Bytes(text.utf8))
    }

    deinit {
        close()
    }

    func close() {
        let isFirst = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        if isFirst { Glibc.close(descriptor) }
    }

    /// Closes the sending side only.
    func halfClose() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func send(_ text: String) async throws {
        try await send(Bytes(text.utf8))
    }

    func send(_ bytes: Bytes) async throws {
        try await Self.threads.run { try self.sendNow(bytes) }
    }

    private func sendNow(_ bytes: Bytes) throws {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + start, $0.count - start, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
            start += count
        }
    }

    /// Sends the bytes again and again, as much as the connection takes without waiting.
    func sendUntilFull(_ bytes: Bytes, atMost limit: Int) async throws -> Int {
        try await Self.threads.run {
            var total = 0
            var waits = 0
            while total < limit && waits < 20 {
                let start = total % bytes.count
                let count = bytes.withUnsafeBytes {
                    Glibc.send(self.descriptor, $0.baseAddress! + start, $0.count - start, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
                }
                if count > 0 {
                    total += count
                    waits = 0
                } else if errno == EAGAIN {
                    // The server may still be taking; it has stopped once the socket stays full.
                    var entry = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&entry, 1, 10)
                    waits += 1
                } else {
                    throw Failure(description: "send: \(String(cString: strerror(errno)))")
                }
            }
            return total
        }
    }

    /// Sends the text again and again with pauses, until the server answers.
    func send(_ text: String, every milliseconds: Int32) async throws {
        try await Self.threads.run {
            var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
            for _ in 0..<(10_000 / milliseconds) where poll(&entry, 1, milliseconds) == 0 { try self.sendNow(Bytes(text.utf8)) }
        }
    }

    /// The next bytes; empty at the end.
    func receive() async throws -> Bytes {
        let kept = unread.withLock { kept in
            defer { kept = [] }
            return kept
        }
        return kept.isEmpty ? try await Self.threads.run { try self.receiveNow() } : kept
    }

    private func receiveNow() throws -> Bytes {
        var buffer = Bytes(repeating: 0, count: 256 << 10)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                if errno == ECONNRESET { return [] }
                throw Failure(description: "receive: \(String(cString: strerror(errno)))")
            }
            return Bytes(buffer.prefix(count))
        }
    }

    /// Everything until the server closes the connection.
    func receiveAll() async throws -> Bytes {
        var all = Bytes()
        while true {
            let more = try await receive()
            if more.isEmpty { return all }
            all.append(contentsOf: more)
        }
    }

    /// The next bytes, at most as many; an end is an error.
    func receive(upTo count: Int) async throws -> Bytes {
        let bytes = try await receive()
        guard !bytes.isEmpty else { throw Failure(description: "the connection ended too early") }
        keep(Bytes(bytes.dropFirst(count)))
        return Bytes(bytes.prefix(count))
    }

    func receive(exactly count: Int) async throws -> Bytes {
        var bytes = Bytes()
        while bytes.count < count {
            let more = try await receive()
            guard !more.isEmpty else { throw Failure(description: "the connection ended after \(bytes.count) of \(count) bytes") }
            bytes.append(contentsOf: more)
        }
        keep(Bytes(bytes[count...]))
        return Bytes(bytes[..<count])
    }

    /// What comes up to and with the mark.
    func receive(through mark: String) async throws -> String {
        var bytes = Bytes()
        let end = Bytes(mark.utf8)
        while true {
            if let found = bytes.firstRange(of: end) {
                keep(Bytes(bytes[found.upperBound...]))
                return String(decoding: bytes[..<found.upperBound], as: UTF8.self)
            }
            let more = try await receive()
            guard !more.isEmpty else {
                throw Failure(
                    description:
                        "the connection ended before \(mark.debugDescription), after: \(String(decoding: bytes, as: UTF8.self))")
            }
            bytes.append(contentsOf: more)
        }
    }

    private func keep(_ bytes: Bytes) {
        unread.withLock { $0 = bytes + $0 }
    }
}
