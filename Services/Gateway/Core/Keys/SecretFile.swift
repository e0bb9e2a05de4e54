import Glibc
import Primitives

/// Files in which the first start leaves secrets: the owner key, the master key.
package enum SecretFile {
    package struct Failure: CodedError {
        package let message: String
        package var code: String { "secret-file" }
    }

    /// Writes a secret so that only the file's owner can read it, durably, in place of an earlier file. Blocks the thread.
    /// - Throws: `Failure`.
    package static func write(_ secret: String, to path: String) throws(Failure) {
        let temporary = path + ".new"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open", path) }
        let bytes = Bytes((secret + "\n").utf8)
        let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        guard close(file) == 0, isWritten, rename(temporary, path) == 0 else {
            let error = failure("write", path)
            unlink(temporary)
            throw error
        }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("open", folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("fsync", folder) }
    }

    private static func failure(_ operation: String, _ path: String) -> Failure {
        Failure(message: "the secret can not be written to \(path): \(operation): error \(errno)")
    }
}
