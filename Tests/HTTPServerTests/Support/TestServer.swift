import FoundationEssentials
import Glibc
import HTTP
import HTTPServer
import Primitives
import TestSupport

/// Runs `test` with a server that is drained afterwards.
func withServer<T: Sendable>(
    _ configure: (inout HTTPServerConfiguration) -> Void = { _ in }, routes: (inout Router) -> Void,
    test: (HTTPServer) async throws -> T
) async throws -> T {
    var configuration = HTTPServerConfiguration()
    configuration.eventLoops = 2
    // Long enough for a busy machine; tests of the limits set their own.
    configuration.headerTimeout = .seconds(60)
    configuration.drainTimeout = .seconds(30)
    configuration.drainGrace = .milliseconds(20)
    configuration.lingerTimeout = .seconds(2)
    configure(&configuration)
    var router = Router()
    routes(&router)
    let server = HTTPServer(configuration: configuration, router: router)
    try server.start()
    do {
        let result = try await test(server)
        await server.drain()
        return result
    } catch {
        await server.drain()
        throw error
    }
}

/// Something that happens, and that a test waits for.
final class Signal: Sendable {
    private let channel = BoundedChannel<Void>(capacity: 64)

    func raise() {
        _ = channel.trySend(())
    }

    /// - Throws: `DeadlineExceeded` after 30 seconds.
    func wait() async throws {
        let channel = channel
        try await withDeadline(.seconds(30)) { _ = try await channel.next() }
    }
}

/// Waits until the condition holds.
/// - Throws: `DeadlineExceeded` after 30 seconds.
func eventually(_ condition: @escaping @Sendable () async -> Bool) async throws {
    try await withDeadline(.seconds(10)) {
        while await !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }
}

/// A file with a name of its own, removed afterwards.
func withFile<T>(_ content: Bytes, _ body: (String) async throws -> T) async throws -> T {
    let path = FileManager.default.temporaryDirectory.path + "/" + Identifier.make("httpserver")
    guard FileManager.default.createFile(atPath: path, contents: Data(content)) else {
        throw RawClient.Failure(description: "\(path) cannot be written")
    }
    do {
        let result = try await body(path)
        try FileManager.default.removeItem(atPath: path)
        return result
    } catch {
        try FileManager.default.removeItem(atPath: path)
        throw error
    }
}

/// The most memory the process has had so far, in bytes.
func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kibibytes = Int(line.filter(\.isNumber))
    else { throw RawClient.Failure(description: "no VmHWM") }
    return kibibytes << 10
}

/// Bytes that differ along the way, so that what is lost or doubled shows.
func pattern(_ count: Int) -> Bytes {
    Bytes(unsafeUninitializedCapacity: count) { buffer, filled in
        for index in 0..<count { buffer[index] = UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8) }
        filled = count
    }
}
