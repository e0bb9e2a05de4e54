package import Contracts
import Glibc
package import Primitives

extension JobOutput.File {
    /// Writes a whole file to an output folder; half of one is not left there.
    /// - Parameter name: of a file; what it held is gone.
    /// - Throws: `JobProblem`: `disk-full`, or `output-unwritable`.
    package static func write(
        _ bytes: Bytes, to folder: String, named name: String, mediaType: String
    ) throws(JobProblem) -> JobOutput.File {
        let path = folder + "/" + name
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let wrote = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else {
                let problem = failure()
                unlink(path)
                throw problem
            }
            done += wrote
        }
        return JobOutput.File(name: name, mediaType: mediaType)
    }

    private static func failure() -> JobProblem {
        [ENOSPC, EDQUOT, EFBIG].contains(errno)
            ? JobProblem(code: "disk-full", message: "there is no room for the result", isRetriable: true)
            : JobProblem(code: "output-unwritable", message: "the result can not be written: error \(errno)", isRetriable: true)
    }
}

extension JobContext {
    /// Writes a whole file that is a result.
    /// - Throws: as `JobOutput.File.write`.
    package func write(_ bytes: Bytes, named name: String, mediaType: String) throws(JobProblem) -> JobOutput.File {
        try .write(bytes, to: outputFolder, named: name, mediaType: mediaType)
    }
}
