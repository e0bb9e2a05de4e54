import CLinux
import Glibc
package import Primitives
import Synchronization

/// A child process whose standard output is read line by line. Its calls block: use it on a thread that may wait.
package final class ChildProcess: Sendable {
    package enum Exit: Sendable, Equatable {
        case code(Int32)
        case signal(Int32)
    }

    package struct SpawnError: CodedError {
        let errorNumber: Int32
        package var code: String { "process-not-started" }
        package var message: String { "the job's process could not be started: error \(errorNumber)" }
        package var isRetriable: Bool { true }
    }

    private static let longestLine = 1 << 20
    private static let keptErrors = 4096
    /// How long its output may stay open after its end.
    private static let patience = Duration.seconds(5)
    private let pid: pid_t
    /// Readable once the process has ended; negative where the kernel does not tell.
    private let ending: Int32
    private let output: Int32
    private let errors: Int32
    /// The other end of its standard input while that is open.
    private let input: Mutex<Int32?>
    /// Guards the pid: once reaped it may name another process.
    private let isReaped = Mutex(false)

    /// Starts a program.
    /// - Parameters:
    ///   - arguments: the program's absolute path, then its arguments.
    ///   - environment: all of it, `NAME=value`.
    ///   - input: what it finds on standard input; `nil` leaves that open for `send`.
    ///   - group: its process group; the caller's where it is to end with the caller.
    package init(
        _ arguments: [String], environment: [String] = [], input: Bytes?, group: ProcessSpawn.Group = .own
    ) throws(SpawnError) {
        let source: Int32
        var sending: Int32?
        if let input {
            source = try Self.memoryFile(input)
        } else {
            (sending, source) = try Self.sockets()
        }
        var isStarted = false
        defer {
            close(source)
            if !isStarted, let sending { close(sending) }
        }
        let (outputRead, outputWrite) = try Self.pipe()
        defer { close(outputWrite) }
        let errorsRead: Int32, errorsWrite: Int32
        do {
            (errorsRead, errorsWrite) = try Self.pipe()
        } catch {
            close(outputRead)
            throw error
        }
        defer { close(errorsWrite) }

        var spawn = ProcessSpawn(arguments)
        spawn.environment = environment
        (spawn.input, spawn.output, spawn.errors) = (.descriptor(source), .descriptor(outputWrite), .descriptor(errorsWrite))
        spawn.group = group
        do {
            pid = try spawn.start()
        } catch {
            close(outputRead)
            close(errorsRead)
            throw SpawnError(errorNumber: error.errorNumber)
        }
        (output, errors, ending) = (outputRead, errorsRead, avs_process_descriptor(pid))
        self.input = Mutex(sending)
        isStarted = true
    }

    deinit {
        close(output)
        close(errors)
        if ending >= 0 { close(ending) }
        endInput()
    }

    /// Writes to its standard input, which was left open. Waits some seconds while the process does not read.
    /// - Parameter isLast: whether standard input ends behind it.
    /// - Returns: whether all of it was taken; a process that has ended takes nothing.
    func send(_ bytes: Bytes, isLast: Bool) -> Bool {
        defer { if isLast { endInput() } }
        return input.withLock { input in
            guard let input else { return false }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { avs_send(input, $0.baseAddress!, $0.count, 0) }
                if count < 0 && errno != EINTR { return false }
                rest = rest.dropFirst(max(0, count))
            }
            return true
        }
    }

    /// Ends its standard input; does nothing when that was not left open.
    func endInput() {
        input.withLock { input in
            if let input { close(input) }
            input = nil
        }
    }

    /// Ends the process and its group at once; does nothing after it has ended.
    package func kill() {
        isReaped.withLock { reaped in
            guard !reaped else { return }
            _ = CLinux.kill(-pid, SIGKILL)
            _ = CLinux.kill(pid, SIGKILL)
        }
    }

    /// Whether the process has ended, waited for or not.
    var hasEnded: Bool { Self.isReadable(ending) }

    /// Whether it has written something that `wait` has not read yet, or has closed its standard output.
    var hasSpoken: Bool { Self.isReadable(output) }

    private static func isReadable(_ descriptor: Int32) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 0) > 0
    }

    /// Reads until the process ends. What it leaves in a group of its own ends with it.
    /// - Parameters:
    ///   - limit: the longest time on the clock; then the process is killed.
    ///   - onLine: called with each line of standard output.
    /// - Returns: how it ended, the first and the last 4 KiB of standard error, and whether the limit was hit.
    package func wait(limit: Duration, onLine: (Bytes) -> Void) -> (exit: Exit, errors: String, timedOut: Bool) {
        var deadline = ContinuousClock.now + limit
        var lines = LineSplitter(longest: Self.longestLine)
        // The first says what went wrong, a backtrace may be the rest.
        var (errorHead, errorTail) = (Bytes(), Bytes())
        var (timedOut, isOver) = (false, false)
        var open = [output, errors, ending].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = Bytes(repeating: 0, count: 1 << 16)
        while open.contains(where: { $0.fd >= 0 }) {
            let remaining = deadline - .now
            if remaining <= .zero {
                if isOver { break }
                timedOut = true
            }
            if !isOver, timedOut || open[2].revents != 0 {
                // Who is left of its group might hold its output open: a sandbox whose process is killed while it sets itself up.
                kill()
                (isOver, deadline, open[2].fd) = (true, .now + Self.patience, -1)
                continue
            }
            guard poll(&open, nfds_t(open.count), Int32(min(remaining.milliseconds + 1, 60_000))) > 0 else { continue }
            for index in open[..<2].indices where open[index].revents != 0 {
                let count = read(open[index].fd, &buffer, buffer.count)
                if count <= 0 {
                    if count == 0 || errno != EINTR { open[index].fd = -1 }
                } else if index == 0 {
                    lines.append(buffer[..<count], onLine)
                } else {
                    let headCount = min(count, Self.keptErrors - errorHead.count)
                    errorHead += buffer[..<headCount]
                    errorTail += buffer[headCount..<count]
                    errorTail.removeFirst(max(0, errorTail.count - Self.keptErrors))
                }
            }
        }
        return (reap(), String(decoding: errorHead + errorTail, as: UTF8.self), timedOut)
    }

    private func reap() -> Exit {
        // Wait without reaping first, so that the pid stays ours until the lock is held.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        return isReaped.withLock { reaped in
            // Whatever the process left in its group ends with it.
            _ = CLinux.kill(-pid, SIGKILL)
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            reaped = true
            let signal = status & 0x7F
            return signal == 0 ? .code(status >> 8 & 0xFF) : .signal(signal)
        }
    }

    private static func pipe() throws(SpawnError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard avs_pipe_cloexec(&ends) == 0 else { throw SpawnError(errorNumber: errno) }
        return (ends[0], ends[1])
    }

    private static func sockets() throws(SpawnError) -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [0, 0]
        guard avs_socket_pair(&ends, 5) == 0 else { throw SpawnError(errorNumber: errno) }
        return (ends[0], ends[1])
    }

    private static func memoryFile(_ bytes: Bytes) throws(SpawnError) -> Int32 {
        let file = avs_memory_file("job")
        guard file >= 0 else { throw SpawnError(errorNumber: errno) }
        let written = write(file, bytes, bytes.count)
        guard written == bytes.count, lseek(file, 0, SEEK_SET) == 0 else {
            close(file)
            throw SpawnError(errorNumber: errno)
        }
        return file
    }
}

/// Splits a stream of bytes at newlines.
struct LineSplitter {
    private var rest = Bytes()
    private let longest: Int

    init(longest: Int) {
        self.longest = longest
    }

    /// - Parameter onLine: called with each line that is complete; lines over the limit are dropped.
    mutating func append(_ bytes: ArraySlice<UInt8>, _ onLine: (Bytes) -> Void) {
        var remaining = bytes
        while let end = remaining.firstIndex(of: UInt8(ascii: "\n")) {
            rest.append(contentsOf: remaining[..<end])
            if rest.count <= longest { onLine(rest) }
            rest.removeAll(keepingCapacity: true)
            remaining = remaining[(end + 1)...]
        }
        if rest.count <= longest { rest.append(contentsOf: remaining) }
    }
}
