import CLinux
import FoundationEssentials
import Glibc
import Primitives

/// A program that ran to its end.
package struct CommandRun: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String

    /// Runs a program and waits for it.
    /// - Parameters:
    ///   - program: a path, or a name that is looked up in PATH.
    ///   - environment: added to this process's own.
    ///   - folder: the working folder.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil
    ) async throws -> CommandRun {
        var spawn = ProcessSpawn([program] + arguments)
        let own = ProcessInfo.processInfo.environment
        spawn.environment = own.merging(environment) { $1 }.map { $0 + "=" + $1 }
        spawn.folder = folder
        return try await threads.run { [spawn] in try run(spawn) }
    }

    private static let threads = BlockingThreads(name: "command", count: 16)

    private static func run(_ spawn: ProcessSpawn) throws -> CommandRun {
        var spawn = spawn
        let (output, errors) = (try Capture(), try Capture())
        (spawn.output, spawn.errors) = (.descriptor(output.writer), .descriptor(errors.writer))
        let process = try spawn.start()
        output.closeWriter()
        errors.closeWriter()
        // A full pipe would stop the program: both are read at once.
        let texts = Capture.readAll([output, errors])
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 && errno == EINTR {}
        // As shells count: 128 and the signal's number.
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        return CommandRun(status: code, output: texts[0], errors: texts[1])
    }
}

/// One end of a program's output.
private final class Capture {
    private let reader: Int32
    private(set) var writer: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard avs_pipe_cloexec(&ends) == 0 else { throw ProcessSpawn.Failure(program: "a pipe", errorNumber: errno) }
        (reader, writer) = (ends[0], ends[1])
    }

    deinit {
        closeWriter()
        close(reader)
    }

    func closeWriter() {
        if writer >= 0 { close(writer) }
        writer = -1
    }

    /// Reads everything until all writers have closed.
    static func readAll(_ captures: [Capture]) -> [String] {
        var texts = captures.map { _ in Bytes() }
        var open = captures.map { pollfd(fd: $0.reader, events: Int16(POLLIN), revents: 0) }
        var buffer = Bytes(repeating: 0, count: 1 << 16)
        while open.contains(where: { $0.fd >= 0 }) {
            poll(&open, nfds_t(open.count), -1)
            for index in open.indices where open[index].revents != 0 {
                let count = read(open[index].fd, &buffer, buffer.count)
                if count > 0 { texts[index].append(contentsOf: buffer[..<count]) }
                if count == 0 || count < 0 && errno != EINTR { open[index].fd = -1 }
            }
        }
        return texts.map { String(decoding: $0, as: UTF8.self) }
    }
}
