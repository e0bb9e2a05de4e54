import FoundationEssentials
import Glibc

/// The memory that this process may take: the machine's, or less where a control group limits it.
enum MachineMemory {
    /// - Parameters:
    ///   - groups: where control groups are mounted.
    ///   - membership: the file that names the process's own.
    /// - Returns: bytes; the least limit of the process's group and those around it (Linux, cgroup-v2.rst, "memory.max"; for
    ///   version 1 memory.rst, "memory.limit_in_bytes"), at most what the machine has.
    static func bytes(groups: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup") -> Int {
        let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        var limits = [machine]
        for line in text(membership).split(separator: "\n") {
            // hierarchy:controllers:path; the second version has no controllers.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isSecond = parts[1].isEmpty
            guard isSecond || parts[1].split(separator: ",").contains("memory") else { continue }
            let (root, file) = isSecond ? (groups, "memory.max") : (groups + "/memory", "memory.limit_in_bytes")
            var path = parts[2].split(separator: "/")
            // The path may begin outside of what a container sees; then the groups on it are missing, and the root is its own.
            while true {
                let place = ([root] + path.map(String.init) + [file]).joined(separator: "/")
                if let limit = Int(text(place).filter { !$0.isWhitespace }), limit > 0 { limits.append(limit) }
                if path.popLast() == nil { break }
            }
        }
        return limits.min() ?? machine
    }

    /// Empty when it can not be read.
    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
