import Glibc
import Primitives

/// The files beside an alert file that hold its secrets, and how each was when it was read, so that a change of one can be seen.
final class SecretFiles {
    private static let limit = 64 << 10
    private let folder: String
    /// By path, of each file that was asked for, also when there is none.
    private(set) var stamps: [String: FileStamp] = [:]

    /// - Parameter folder: where the files are that have no absolute path.
    init(folder: String) { self.folder = folder }

    func path(_ name: String) -> String { name.hasPrefix("/") ? name : folder + "/" + name }

    /// The secret in a file, without line ends.
    /// - Throws: `SecretError` for a file that is missing, empty, too long, or can not be read.
    func read(_ name: String) throws(SecretError) -> String {
        let path = path(name)
        // Taken before reading: a change in between is seen the next time.
        stamps[path] = FileStamp(path)
        // A pipe without a writer would never answer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SecretError(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SecretError(path, "it is no file")
        }
        var bytes = Bytes(repeating: 0, count: Self.limit + 1)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw SecretError(path, String(cString: strerror(errno))) }
        guard count <= Self.limit else { throw SecretError(path, "it is longer than 64 KiB") }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self).filter { !$0.isNewline }
        guard !text.isEmpty else { throw SecretError(path, "it is empty") }
        return text
    }
}

/// A secret that can not be read.
struct SecretError: Error {
    let message: String

    init(_ message: String) { self.message = message }
    init(_ path: String, _ reason: String) { message = "the file \(path) can not be read: \(reason)" }
}
