import Contracts
import Glibc

/// Checks what a sandboxed process says it wrote: that process may have been taken over by its input.
enum OutputFile {
    /// - Parameters:
    ///   - name: as the process gave it.
    ///   - folder: the output folder.
    /// - Returns: the path of a regular file directly in the folder.
    /// - Throws: `JobProblem` `invalid-output` for paths, links, devices and missing files.
    static func path(of name: String, in folder: String) throws(JobProblem) -> String {
        let path = folder + "/" + name
        var status = stat()
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")), name.utf8.count <= 255,
            !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }), lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_nlink == 1
        else {
            throw JobProblem(code: "invalid-output", message: "the operation named an output that is not a file of its folder")
        }
        return path
    }
}
