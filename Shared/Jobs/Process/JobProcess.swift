import CLinux
import Glibc
import Contracts
import Primitives
import Synchronization

/// The inside of a job's process: reads a `JobCommand` from standard input, runs the operation, writes `JobLine`s.
package enum JobProcess {
    /// Runs the one job of this process.
    /// - Parameters:
    ///   - catalogue: the operations that this program knows.
    ///   - isSpare: whether a `JobPreparation` comes before the command, which then may never come.
    /// - Returns: the exit code, 0.
    package static func run(_ catalogue: OperationCatalogue, isSpare: Bool = false) async -> Int32 {
        avs_end_with_parent()
        FreedMemory.isGivenBack()
        let lines = LineWriter()
        do {
            var input = InputLines()
            let prepared = isSpare ? try prepare(catalogue, &input) : nil
            if isSpare { lines.write(JobLine(isPrepared: true)) }
            guard let line = try input.next() else { return 0 }
            let command = try JSON.decode(JobCommand.self, from: line)
            if isSpare { lines.write(JobLine(hasBegun: true)) }
            try command.limits.apply()
            guard let operation = catalogue[command.operation] else {
                throw JobProblem(code: "unknown-operation", message: "this worker does not know \(command.operation)")
            }
            FreedMemory.suit(operation)
            let context = JobContext(
                inputs: command.inputs.map { .init(path: $0.path, name: $0.name, mediaType: $0.mediaType) },
                outputFolder: command.outputFolder, streamPath: command.streamPath, resources: command.resources,
                prepared: prepared, onReport: lines.report)
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

    /// Loads what the job to come will need, within its limits.
    /// - Returns: what the operation made; `nil` where that failed, for then the job itself meets the reason and tells it.
    private static func prepare(_ catalogue: OperationCatalogue, _ input: inout InputLines) throws -> (any Sendable)? {
        guard let line = try input.next() else { return nil }
        let preparation = try JSON.decode(JobPreparation.self, from: line)
        try preparation.limits.apply()
        guard let operation = catalogue[preparation.operation] else { return nil }
        FreedMemory.suit(operation)
        do {
            return try operation.prepare(preparation.parameters, resources: preparation.resources)
        } catch {
            StandardError.write("nothing is prepared: \(error)\n")
            return nil
        }
    }
}

/// Reads standard input line by line.
private struct InputLines {
    private var rest = Bytes()

    /// - Returns: the next line, or what is left when the input ends without a newline; `nil` when there is no more.
    mutating func next() throws(JobProblem) -> Bytes? {
        var buffer = Bytes(repeating: 0, count: 1 << 16)
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                defer { rest.removeFirst(end + 1) }
                return Bytes(rest[..<end])
            }
            let count = read(0, &buffer, buffer.count)
            if count == 0 {
                defer { rest = [] }
                return rest.isEmpty ? nil : rest
            }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw JobProblem(code: "command-unreadable", message: "the job's command can not be read: error \(errno)")
            }
            rest.append(contentsOf: buffer[..<count])
        }
    }
}

/// Writes lines to what was standard output when the process began; what libraries print goes to standard error.
private final class LineWriter: Sendable {
    /// The largest partial result, bytes; with it a message stays well under the 64 KiB that it may have.
    private static let largestPartial = 16 << 10
    /// Progress is written when it moved by a hundredth or the stage changed.
    private let last = Mutex<(hundredth: Int, stage: String?)>((-1, nil))
    private let file: Int32

    init() {
        file = dup(1)
        dup2(2, 1)
    }

    func report(_ report: JobReport) {
        let hundredth = Int(report.fraction * 100)
        let isNews = last.withLock { last in
            defer { last = (hundredth, report.stage) }
            return last.hundredth != hundredth || last.stage != report.stage
        }
        let partial = report.partial.flatMap { $0.serialized().count <= Self.largestPartial ? $0 : nil }
        guard isNews || partial != nil else { return }
        write(JobLine(progress: report.fraction, stage: report.stage, partial: partial))
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
    /// What the calling process has used until now, with the processor time of the programs that it ran.
    fileprivate static var ofThisProcess: JobUsage {
        var (own, others) = (rusage(), rusage())
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &own)
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &others)
        let seconds = [own.ru_utime, own.ru_stime, others.ru_utime, others.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
        }
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
