import CLinux
import Glibc

/// A program that ran to its end.
package struct CommandRun: Sendable {
    /// Its exit code; 128 and the number of the signal that ended it.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: String
    /// What it wrote to standard error.
    package let errors: String

    /// Runs a program and waits for it on the calling thread.
    /// - Parameter spawn: its streams are replaced.
    /// - Throws: `ProcessSpawn.Failure`.
    package static func run(_ spawn: ProcessSpawn) throws(ProcessSpawn.Failure) -> CommandRun {
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
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        return CommandRun(status: code, output: texts[0], errors: texts[1])
    }
}

/// One end of a program's output.
private final class Capture {
    private let reader: Int32
    private(set) var writer: Int32

    init() throws(ProcessSpawn.Failure) {
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
