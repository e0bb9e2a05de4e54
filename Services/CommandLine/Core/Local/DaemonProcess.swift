import FoundationEssentials
import Glibc
import Primitives

/// A program that goes on in the background, known by the file that holds its process identifier.
struct DaemonProcess: Sendable {
    let name: String
    let layout: StudioLayout

    private var pidFile: String { "\(layout.run)/\(name).pid" }
    var logFile: String { "\(layout.logs)/\(name).log" }

    /// The process identifier when the process lives and is still the program that was started.
    var pid: pid_t? {
        guard let data = FileManager.default.contents(atPath: pidFile) else { return nil }
        let words = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard let first = words.first, let pid = pid_t(String(first)), Glibc.kill(pid, 0) == 0 else { return nil }
        guard let started = Self.startTime(pid), words.count < 2 || started == String(words[1]) else { return nil }
        return pid
    }

    /// Whether it has been started and not been stopped since; it may have ended by itself.
    var isWanted: Bool { FileManager.default.fileExists(atPath: pidFile) }

    /// Starts the program in a session of its own, its output going to the log file.
    /// - Parameter environment: beside the caller's own.
    /// - Parameter writesPidFile: whether the program writes its pid file by itself.
    /// - Throws: `CommandFailure` when it can not be started.
    func start(
        _ words: [String], environment: [String: String] = [:], writesPidFile: Bool = false
    ) throws(CommandFailure) {
        var spawn = ProcessSpawn(words)
        spawn.environment = environment.merging(ProcessInfo.processInfo.environment) { $1 }.map { $0 + "=" + $1 }
        spawn.folder = layout.root
        (spawn.output, spawn.errors) = (.appending(logFile), .appending(logFile))
        spawn.group = .session
        let pid: pid_t
        do { pid = try spawn.start() } catch { throw CommandFailure(.failed, "\(name): \(error.message)") }
        if !writesPidFile {
            let line = "\(pid) \(Self.startTime(pid) ?? "")\n"
            guard FileManager.default.createFile(atPath: pidFile, contents: Data(line.utf8)) else {
                _ = Glibc.kill(pid, SIGTERM)
                throw CommandFailure(.failed, "\(pidFile) can not be written")
            }
        }
    }

    /// Asks the process to end and waits; ends it hard after a minute.
    /// - Parameter onWait: called when it has not ended after two seconds.
    func stop(signal: Int32, onWait: () -> Void) async throws {
        defer { unlink(pidFile) }
        guard let pid else { return }
        _ = Glibc.kill(pid, signal)
        let start = ContinuousClock.now
        var isSilent = true
        while self.pid != nil && ContinuousClock.now < start + .seconds(60) {
            if isSilent, ContinuousClock.now > start + .seconds(2) {
                isSilent = false
                onWait()
            }
            // The process may be this one's child, which stays a zombie until it is waited for.
            waitpid(pid, nil, WNOHANG)
            try await Task.sleep(for: .milliseconds(50))
        }
        if self.pid != nil { _ = Glibc.kill(pid, SIGKILL) }
    }

    /// The end of the log, for a person who asks why it does not run.
    func logTail(lines: Int = 5) -> String {
        let data = FileManager.default.contents(atPath: logFile) ?? Data()
        return String(decoding: data.suffix(4096), as: UTF8.self).split(separator: "\n").suffix(lines).joined(separator: "\n")
    }

    /// When the process started, in clock ticks since boot: tells it from a later one with the same number.
    private static func startTime(_ pid: pid_t) -> String? {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 1024)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        let text = buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[end...].split(separator: " ")
        // A zombie waits for its parent to notice; it runs no more.
        return fields.count > 20 && fields[1] != "Z" ? String(fields[20]) : nil
    }
}
