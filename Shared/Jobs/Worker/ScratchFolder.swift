import CLinux
import Contracts
import FoundationEssentials
import Glibc
import Primitives

/// A folder of its own for a runner, beside those of others. It is locked for as long as its process lives, so that the next runner
/// removes what a killed one has left, and nothing else.
final class ScratchFolder: Sendable {
    private static let prefix = "runner"
    let path: String
    private let lock: Int32

    /// - Parameter parent: may be shared with other processes; made when it is missing.
    /// - Throws: `JobProblem` when it can not be written.
    init(in parent: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: parent, withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: parent) where name.hasPrefix(Self.prefix + "_") {
            guard let lock = Self.lock(parent + "/" + name) else { continue }
            defer { close(lock) }
            // Another that starts now may remove it too.
            try? files.removeItem(atPath: parent + "/" + name)
        }
        for _ in 0..<10 {
            let path = parent + "/" + Identifier.make(Self.prefix)
            try files.createDirectory(atPath: path, withIntermediateDirectories: false)
            // Another that sweeps may have been faster than the lock.
            guard let lock = Self.lock(path) else { continue }
            guard access(path, F_OK) == 0 else {
                close(lock)
                continue
            }
            (self.path, self.lock) = (path, lock)
            return
        }
        throw JobProblem(code: "scratch-unwritable", message: "no folder can be made in \(parent)", isRetriable: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        close(lock)
    }

    /// - Returns: `nil` when another process holds it.
    private static func lock(_ folder: String) -> Int32? {
        let file = open(folder, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            return nil
        }
        return file
    }
}
