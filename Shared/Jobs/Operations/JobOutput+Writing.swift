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
        guard descriptor >= 0 else { throw problem(WriteFailure()) }
        defer { close(descriptor) }
        do throws(WriteFailure) {
            try bytes.write(to: descriptor)
        } catch {
            unlink(path)
            throw problem(error)
        }
        return JobOutput.File(name: name, mediaType: mediaType)
    }

    private static func problem(_ failure: WriteFailure) -> JobProblem {
        failure.isFull
            ? JobProblem(code: "disk-full", message: "there is no room for the result", isRetriable: true)
            : JobProblem(
                code: "output-unwritable", message: "the result can not be written: error \(failure.number)", isRetriable: true)
    }
}

extension JobContext {
    /// Writes a whole file that is a result.
    /// - Throws: as `JobOutput.File.write`.
    package func write(_ bytes: Bytes, named name: String, mediaType: String) throws(JobProblem) -> JobOutput.File {
        try .write(bytes, to: outputFolder, named: name, mediaType: mediaType)
    }
}
