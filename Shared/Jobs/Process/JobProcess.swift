import CLinux
import Glibc
import Contracts
import Primitives
import Synchronization

/// The inside of a job's process: reads a `JobCommand` from standard input, runs the operation, writes `JobLine`s.
package enum JobProcess {
    /// Runs the one job of this process.
    /// - Parameter catalogue: the operations that this program knows.
    /// - Returns: the exit code: 0 when a result or a problem was written, 1 when the command could not be read.
    package static func run(_ catalogue: OperationCatalogue) async -> Int32 {
        avs_end_with_parent()
        let lines = LineWriter()
        do {
            let command = try JSON.decode(JobCommand.self, from: readAll(0))
            try command.limits.apply()
            guard let operation = catalogue[command.operation] else {
                throw JobProblem(code: "unknown-operation", message: "this worker does not know \(command.operation)")
            }
            let context = JobContext(
                inputs: command.inputs.map { .init(path: $0.path, name: $0.name, mediaType: $0.mediaType) },
                outputFolder: command.outputFolder, streamPath: command.streamPath, resources: command.resources,
                onProgress: lines.progress)
            let output = try await operation.run(command.parameters, in: context)
            let files = output.files.map { JobLine.Output.File(name: $0.name, mediaType: $0.mediaType) }
            lines.write(JobLine(output: .init(files: files, measurements: output.measurements, usage: .ofThisProcess)))
        } catch let error as any CodedError {
            lines.write(JobLine(problem: JobProblem(error)))
        } catch {
            lines.write(JobLine(problem: JobProblem(code: "internal-error", message: "\(error)")))
        }
        return 0
    }

    private static func readAll(_ file: Int32) throws(JobProblem) -> Bytes {
        var all = Bytes()
        var buffer = Bytes(repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count == 0 { return all }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw JobProblem(code: "command-unreadable", message: "the job's command can not be read: error \(errno)")
            }
            all.append(contentsOf: buffer[..<count])
        }
    }
}

/// Writes lines to what was standard output when the process began; what libraries print goes to standard error.
private final class LineWriter: Sendable {
    /// Progress is written when it moved by a hundredth or the stage changed.
    private let last = Mutex<(hundredth: Int, stage: String?)>((-1, nil))
    private let file: Int32

    init() {
        file = dup(1)
        dup2(2, 1)
    }

    func progress(_ fraction: Double, _ stage: String?) {
        let hundredth = Int(fraction * 100)
        let isNews = last.withLock { last in
            defer { last = (hundredth, stage) }
            return last.hundredth != hundredth || last.stage != stage
        }
        if isNews { write(JobLine(progress: fraction, stage: stage)) }
    }

    func write(_ line: JobLine) {
        guard var bytes = try? JSON.encode(line) else { return }
        bytes.append(UInt8(ascii: "\n"))
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { CLinux.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

extension JobUsage {
    /// What the calling process has used until now.
    fileprivate static var ofThisProcess: JobUsage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        return JobUsage(cpuSeconds: seconds.rounded(decimals: 3), peakMemoryBytes: peakMemory)
    }

    /// Bytes. `VmHWM` is this program's own; `ru_maxrss` begins with what the parent had when it started this process.
    private static var peakMemory: Int64 {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }.split { $0 == " " || $0 == "\t" }
            if words.first == "VmHWM:", words.count > 1 { return (Int64(words[1]) ?? 0) << 10 }
        }
        return 0
    }
}
