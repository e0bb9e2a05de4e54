import Glibc
import Primitives
import Synchronization
import TestSupport

/// The server's end of one connection, blocking. Confined to its thread.
final class Connection {
    private let descriptor: Int32
    private let record: (RawRequest) -> Void
    private var buffer = Bytes()

    init(descriptor: Int32, record: @escaping (RawRequest) -> Void) {
        self.descriptor = descriptor
        self.record = record
        limit(SO_RCVTIMEO, milliseconds: 10_000)
        limit(SO_SNDTIMEO, milliseconds: 10_000)
    }

    /// A process being started meanwhile may hold a copy of the descriptor: the end must not wait for it.
    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
    }

    /// Ends the sending side and waits until the client's kernel has taken that down.
    func endWithReceipt() {
        shutdown(descriptor, Int32(SHUT_WR))
        // Its state comes first; FIN-WAIT-2 is the one after the acknowledgement (RFC 9293, section 3.3.2).
        var state: UInt8 = 0
        repeat {
            var size = socklen_t(1)
            guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &state, &size) == 0 else { return }
        } while state == UInt8(TCP_FIN_WAIT1) && sched_yield() == 0
    }

    /// Ends the connection with a TCP reset: what Linux does when a connected socket is told to forget its peer.
    func reset() {
        var nobody = sockaddr()
        nobody.sa_family = sa_family_t(AF_UNSPEC)
        connect(descriptor, &nobody, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// - Returns: `nil` when the client has closed.
    func readRequest() throws -> RawRequest? {
        var scanned = 0
        while true {
            if let end = buffer[scanned...].firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                buffer.removeSubrange(..<end.upperBound)
                let request = Self.parse(head)
                record(request)
                return request
            }
            scanned = max(0, buffer.count - 3)
            guard try fill() > 0 else { return nil }
        }
    }

    private static func parse(_ head: String) -> RawRequest {
        let lines = head.split(separator: "\r\n")
        let start = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let name = line.prefix { $0 != ":" }
            headers[name.lowercased()] = line.dropFirst(name.count + 1).drop { $0 == " " }.description
        }
        return RawRequest(method: String(start[0]), path: String(start[1]), headers: headers)
    }

    /// Reads the body, by its length or chunked, asking for it first when the client waits for that.
    /// - Returns: how many bytes it had, and their sum.
    @discardableResult
    func readBody(of request: RawRequest) throws -> (count: Int, sum: UInt64) {
        if request.headers["expect"] != nil { try write("HTTP/1.1 100 Continue\r\n\r\n") }
        var total = (count: 0, sum: UInt64(0))
        if let length = request.headers["content-length"].flatMap({ Int($0) }) {
            try take(length, into: &total)
        } else if request.headers["transfer-encoding"] == "chunked" {
            while true {
                let size = Int(try readLine(), radix: 16) ?? 0
                try take(size, into: &total)
                _ = try readLine()
                if size == 0 { break }
            }
        }
        return total
    }

    private func take(_ count: Int, into total: inout (count: Int, sum: UInt64)) throws {
        var missing = count
        while missing > 0 {
            if buffer.isEmpty, try fill() == 0 { throw Loopback.Failure(errno: ECONNRESET) }
            let size = min(missing, buffer.count)
            buffer.withUnsafeBytes { bytes in
                for index in 0..<size { total.sum &+= UInt64(bytes[index]) }
            }
            total.count += size
            missing -= size
            buffer.removeSubrange(..<size)
        }
    }

    private func readLine() throws -> String {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n".utf8)) {
                defer { buffer.removeSubrange(..<end.upperBound) }
                return String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
            }
            if try fill() == 0 { throw Loopback.Failure(errno: ECONNRESET) }
        }
    }

    func write(_ text: String) throws {
        try write(Bytes(text.utf8))
    }

    func write(_ bytes: Bytes) throws {
        var sent = 0
        while sent < bytes.count { sent += try send(bytes[sent...]) }
    }

    /// Sends what the kernel takes within the send limit.
    /// - Returns: how much that was.
    func send(_ bytes: ArraySlice<UInt8>) throws -> Int {
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count >= 0 else { throw Loopback.Failure(errno: errno) }
        return count
    }

    /// Waits until the client closes or resets the connection, reading what it still sends.
    /// - Returns: false when it did not within ten seconds.
    func waitForClose() -> Bool {
        do {
            while try fill() > 0 { buffer.removeAll() }
            return true
        } catch let failure as Loopback.Failure {
            return failure.errno == ECONNRESET
        } catch {
            return false
        }
    }

    func limit(_ option: Int32, milliseconds: Int) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    private func fill() throws -> Int {
        var failure: Int32 = 0
        let received = Bytes(unsafeUninitializedCapacity: 256 << 10) { bytes, count in
            let result = recv(descriptor, bytes.baseAddress, bytes.count, 0)
            failure = result < 0 ? errno : 0
            count = max(0, result)
        }
        guard failure == 0 else { throw Loopback.Failure(errno: failure) }
        if buffer.isEmpty { buffer = received } else { buffer += received }
        return received.count
    }
}
