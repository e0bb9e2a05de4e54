import CLinux
import Glibc
import Contracts
package import Primitives

/// What one job's process may use. The process lowers its own hard limits before it touches an input, so a library that is
/// taken over by a crafted file can not raise them again.
package struct ResourceLimits: Sendable, Codable, Equatable {
    /// Processor time, seconds.
    package var cpuSeconds: Int
    /// Time on the clock, seconds; the worker ends the process.
    package var wallSeconds: Int
    /// Address space, bytes.
    package var memoryBytes: Int
    /// Largest file written, bytes.
    package var fileBytes: Int
    package var openFiles: Int

    package init(cpuSeconds: Int, wallSeconds: Int, memoryBytes: Int, fileBytes: Int, openFiles: Int = 64) {
        (self.cpuSeconds, self.wallSeconds, self.memoryBytes) = (cpuSeconds, wallSeconds, memoryBytes)
        (self.fileBytes, self.openFiles) = (fileBytes, openFiles)
    }

    /// Limits for a class of operations: room for hours of audio, none for a runaway.
    package static func standard(_ cost: CostClass) -> ResourceLimits {
        switch cost {
        case .light: ResourceLimits(cpuSeconds: 300, wallSeconds: 600, memoryBytes: 2 << 30, fileBytes: 64 << 20)
        case .medium: ResourceLimits(cpuSeconds: 3600, wallSeconds: 7200, memoryBytes: 4 << 30, fileBytes: 64 << 30)
        case .heavy: ResourceLimits(cpuSeconds: 36_000, wallSeconds: 72_000, memoryBytes: 12 << 30, fileBytes: 256 << 30)
        }
    }

    /// The limits with room for what a job is expected to hold: address space counts what is mapped and reserved, too.
    package func holding(_ memory: ByteSize) -> ResourceLimits {
        var limits = self
        limits.memoryBytes = max(memoryBytes, 3 * Int(memory.bytes))
        return limits
    }

    /// Applies the limits to the calling process, for good.
    /// - Throws: `JobProblem` when the system refuses one.
    func apply() throws(JobProblem) {
        // Writing past the file limit shall fail with EFBIG instead of ending the process.
        signal(SIGXFSZ, SIG_IGN)
        // At the soft limit comes SIGXCPU, which tells why; at the hard one SIGKILL.
        try set(RLIMIT_CPU, cpuSeconds, hard: cpuSeconds + 5)
        try set(RLIMIT_AS, memoryBytes)
        try set(RLIMIT_FSIZE, fileBytes)
        try set(RLIMIT_NOFILE, openFiles)
        try set(RLIMIT_CORE, 0)
    }

    private func set(_ resource: __rlimit_resource, _ value: Int, hard: Int? = nil) throws(JobProblem) {
        guard avs_limit(Int32(resource.rawValue), UInt(value), UInt(hard ?? value)) == 0 else {
            throw JobProblem(code: "sandbox-failed", message: "a resource limit can not be set: error \(errno)", isRetriable: true)
        }
    }
}
