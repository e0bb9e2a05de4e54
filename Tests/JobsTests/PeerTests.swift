import CLinux
import FoundationEssentials
import Glibc
import Primitives
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// The road from a library in a job's process to its one server.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PeerTests {
    /// A server that is told when to read.
    private final class Server: Sendable {
        private let listener: Int32
        let port: Int

        init() throws {
            (listener, port) = try Loopback.listen(backlog: 8)
        }

        deinit { close(listener) }

        var address: PeerAddress { PeerAddress(host: "127.0.0.1", port: port) }

        func accepted() -> Int32 { accept(listener, nil, nil) }
    }

    private static func open(_ folder: TemporaryFolder) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let directory = Glibc.open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(directory) }
        try #require(
            UnixAddress.with("/proc/self/fd/\(directory)/\(PeerDoor.name)") { connect(descriptor, $0, $1) } == 0)
        return descriptor
    }

    /// Reads up to the end.
    /// - Returns: the count of bytes.
    private static func drain(_ descriptor: Int32) -> Int {
        var (sum, buffer) = (0, Bytes(repeating: 0, count: 1 << 16))
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return sum }
            sum += count
        }
    }

    /// Threads of doors and ports in this process.
    private static func threads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").filter { task in
            let name = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)
            return name?.hasPrefix("peer") == true
        }.count
    }

    /// What was said last is not lost, though who said it has left.
    @Test func theServerTakesAllBeforeItIsOver() async throws {
        let (folder, server) = (try TemporaryFolder("peer"), try Server())
        let door = try PeerDoor(in: folder.path, to: .server(server.address)) { try Loopback.connect(to: $0.port) }
        let port = try PeerPort(folder: folder.path)
        let client = try Loopback.connect(to: port.number)
        let peer = server.accepted()
        // It fits into the buffers: who says it is done before the server has begun to read.
        let sent = 150_000
        #expect(SocketRelay.send(Bytes(repeating: 7, count: sent), to: client))
        close(client)
        let reader = Task.detached { Self.drain(peer) }
        let isWhole = port.finish(within: 20)
        #expect(await reader.value == sent)
        close(peer)
        #expect(isWhole && port.lastTaken == Int64(sent))
        door.close()
    }

    /// A server that takes nothing, and a process that was killed meanwhile: thread and connection end with the door.
    @Test func aServerThatReadsNothingHoldsNobody() async throws {
        try await eventually("others have ended") { try Self.threads() == 0 }
        let (folder, server) = (try TemporaryFolder("peer"), try Server())
        let door = try PeerDoor(in: folder.path, to: .server(server.address)) { try Loopback.connect(to: $0.port) }
        let process = try Self.open(folder)
        let peer = server.accepted()
        var byte = UInt8(0)
        #expect(read(process, &byte, 1) == 1 && byte == 10)
        _ = avs_set_nonblocking(process)
        let block = Bytes(repeating: 7, count: 1 << 16)
        // Until everything on the way is full.
        var idle = 0
        while idle < 20 {
            if avs_send(process, block, block.count, 0) > 0 { idle = 0 } else { idle += 1 }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try Self.threads() == 2)
        door.close()
        try await eventually("its threads have ended") { try Self.threads() == 0 }
        _ = Self.drain(peer)
        close(peer)
        _ = Self.drain(process)
        close(process)
    }

    /// What the server does not take in time is dropped, and so is the connection: another one has its place.
    @Test func whatIsNotTakenInTimeIsDropped() async throws {
        let (folder, server) = (try TemporaryFolder("peer"), try Server())
        let door = try PeerDoor(in: folder.path, to: .server(server.address)) { try Loopback.connect(to: $0.port) }
        let port = try PeerPort(folder: folder.path)
        for _ in 0...PeerDoor.connections {
            let client = try Loopback.connect(to: port.number)
            let peer = server.accepted()
            #expect(SocketRelay.send(Bytes(repeating: 7, count: 300_000), to: client))
            close(client)
            #expect(!port.finish(within: 0.1) && port.lastProblem == nil)
            // Its threads, without those that accept.
            try await eventually("its threads have ended") { try Self.threads() == 2 }
            close(peer)
        }
        door.close()
    }

    @Test func fourConnectionsStandAtOnce() async throws {
        let (folder, server) = (try TemporaryFolder("peer"), try Server())
        let door = try PeerDoor(in: folder.path, to: .server(server.address)) { try Loopback.connect(to: $0.port) }
        var byte = UInt8(0)
        var standing: [Int32] = []
        for _ in 0..<PeerDoor.connections {
            standing.append(try Self.open(folder))
            #expect(read(standing.last!, &byte, 1) == 1 && byte == 10)
        }
        let more = try Self.open(folder)
        #expect(read(more, &byte, 1) == 0)
        close(more)
        // One that ends makes room.
        close(standing.removeFirst())
        try await eventually("there is room") {
            let again = try Self.open(folder)
            let isOpen = read(again, &byte, 1) == 1
            if isOpen { standing.append(again) } else { close(again) }
            return isOpen
        }
        door.close()
        for process in standing {
            #expect(Self.drain(process) <= 8)
            close(process)
        }
        try await eventually("its threads have ended") { try Self.threads() == 0 }
    }

    /// By name, by both kinds of addresses, and by several at once, as curl speaks SOCKS.
    @Test func anyServerCanBeNamed() async throws {
        let (folder, host) = (try TemporaryFolder("peer"), try await TestNginx.files())
        let content = Bytes((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        try host.add("file.bin", content)
        let asked = Mutex<[PeerAddress]>([])
        let door = try PeerDoor(in: folder.path, to: .anyNamed) { peer in
            asked.withLock { $0.append(peer) }
            guard peer.host != "forbidden.example" else { throw Refusal(code: "refused-address") }
            guard peer.host != "gone.example" else { throw Refusal(code: "connect-failed") }
            return try Loopback.connect(to: peer.port)
        }
        let port = try PeerPort(folder: folder.path)
        func curl(_ scheme: String, _ name: String, copies: Int = 1) async throws -> CommandRun {
            let files = (0..<copies).flatMap { ["http://\(name):\(host.port)/file.bin", "-o", folder.appending("got\($0)")] }
            return try await CommandRun.run(
                "curl", ["-sS", "--parallel", "--noproxy", "", "--proxy", "\(scheme)://127.0.0.1:\(port.number)"] + files)
        }
        for (scheme, name, seen) in [
            ("socks5h", "films.example", "films.example"), ("socks5", "127.0.0.1", "127.0.0.1"),
            ("socks5h", "[::1]", "0:0:0:0:0:0:0:1"),
        ] {
            let run = try await curl(scheme, name, copies: 6)
            #expect(run.status == 0, "\(run)")
            #expect(asked.withLock { $0.last } == PeerAddress(host: seen, port: host.port))
            for copy in 0..<6 { #expect(try Bytes(Data(contentsOf: URL(filePath: folder.appending("got\(copy)")))) == content) }
        }
        // 97: the proxy has refused.
        for (name, reason) in [("forbidden.example", "(2)"), ("gone.example", "(4)")] {
            let run = try await curl("socks5h", name)
            #expect(run.status == 97 && run.errors.contains(reason), "\(run)")
        }
        door.close()
        try await eventually("its threads have ended") { try Self.threads() <= 1 }
        try host.stop()
    }

    private struct Refusal: CodedError {
        let code: String
        var message: String { code }
    }

    /// What is no SOCKS 5, or asks for more than a connection.
    @Test(
        arguments: [
            ([4, 1, 0, 80, 1, 2, 3, 4, 0], []), ([5, 1, 2], [5, 0xFF]), ([5, 1, 0, 5, 2, 0, 1, 1, 2, 3, 4, 0, 80], [5, 0, 5, 7]),
            ([5, 1, 0, 5, 1, 0, 9, 0], [5, 0, 5, 8]), ([5, 1, 0, 5, 1, 0, 3, 1, 0, 0, 80], [5, 0]),
            ([5, 1, 0, 5, 1, 0, 3, 200], [5, 0]),
        ] as [(Bytes, Bytes)])
    func nonsenseIsHungUpOn(said: Bytes, answer: Bytes) async throws {
        let folder = try TemporaryFolder("peer")
        let door = try PeerDoor(in: folder.path, to: .anyNamed) { _ in throw Refusal(code: "never") }
        let process = try Self.open(folder)
        #expect(SocketRelay.send(said, to: process))
        shutdown(process, Int32(SHUT_WR))
        var (heard, buffer) = (Bytes(), Bytes(repeating: 0, count: 64))
        while case let count = read(process, &buffer, buffer.count), count > 0 { heard += buffer[..<count] }
        #expect(Array(heard.dropFirst().prefix(4)) == answer)
        close(process)
        door.close()
    }
}
