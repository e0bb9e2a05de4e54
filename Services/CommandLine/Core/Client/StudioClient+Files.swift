import FoundationEssentials
import Glibc
import HTTP
import HTTPClient
import Primitives

extension StudioClient {
    /// Uploads a file.
    /// - Parameter onProgress: called with the fraction sent.
    /// - Returns: the file's document.
    func upload(_ path: String, onProgress: @escaping @Sendable (Double) -> Void) async throws -> JSONValue {
        var status = stat()
        guard stat(path, &status) == 0 else { throw CommandFailure.usage("there is no file \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw CommandFailure.usage("\(path) is not a file") }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let source = try UploadSource(path: path, size: Int64(status.st_size), onProgress: onProgress)
        let headers: HTTPHeaders = [
            "Content-Type": "application/octet-stream",
            "Content-Disposition": "attachment; filename*=UTF-8''\(PercentEncoding.encode(name))",
        ]
        let response = try await send(
            .post, "/files", headers: headers, body: .stream(length: source.size) { try await source.next() })
        return try JSONValue(parsing: try await response.collect(upTo: .mib(1)))
    }

    /// Downloads a file's content to a path; a partial file never stays.
    func download(_ file: String, to path: String, size: Int64, onProgress: @Sendable (Double) -> Void) async throws {
        try await download(path: "/files/\(file)/content", to: path, size: size, onProgress: onProgress)
    }

    /// Downloads what a path of the studio answers; a partial file never stays.
    /// - Parameter size: bytes, when they are known; else the answer's length tells them.
    func download(
        path source: String, to path: String, size: Int64? = nil, onProgress: @Sendable (Double) -> Void
    ) async throws {
        let response = try await send(.get, source)
        let size = size ?? response.headers["Content-Length"].flatMap { Int64($0) } ?? 0
        let partial = path + ".part"
        guard let target = fopen(partial, "w") else { throw CommandFailure(.failed, "\(partial) can not be written") }
        var written: Int64 = 0
        do {
            for try await bytes in response.body {
                guard fwrite(bytes, 1, bytes.count, target) == bytes.count else {
                    throw CommandFailure(.failed, "\(partial) can not be written: the disk may be full")
                }
                written += Int64(bytes.count)
                onProgress(size > 0 ? Double(written) / Double(size) : 1)
            }
            guard fclose(target) == 0, rename(partial, path) == 0 else {
                throw CommandFailure(.failed, "\(path) can not be written")
            }
        } catch {
            unlink(partial)
            throw error
        }
    }
}

/// Reads a file in pieces for an upload, on a thread that may wait for the disk.
private final class UploadSource: Sendable {
    private static let pieceSize = 1 << 18
    let size: Int64
    private let descriptor: Int32
    private let threads = BlockingThreads(name: "upload", count: 1)
    private let onProgress: @Sendable (Double) -> Void

    init(path: String, size: Int64, onProgress: @escaping @Sendable (Double) -> Void) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure.usage("\(path) can not be read") }
        (self.size, self.onProgress) = (size, onProgress)
    }

    deinit {
        close(descriptor)
    }

    func next() async throws -> Bytes? {
        let (bytes, offset) = try await threads.run { [descriptor] in
            let bytes = try Bytes(unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
                count = read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 {
                    count = 0
                    throw CommandFailure(.failed, "the file can not be read: error \(errno)")
                }
            }
            return (bytes, lseek(descriptor, 0, SEEK_CUR))
        }
        onProgress(size > 0 ? Double(offset) / Double(size) : 1)
        return bytes.isEmpty ? nil : bytes
    }
}
