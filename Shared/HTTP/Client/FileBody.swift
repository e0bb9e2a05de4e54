import Glibc
import Primitives

/// A part of an open file as a request body, readable any number of times.
final class FileBody: Sendable {
    /// Disks may make a thread wait: these do, so that neither the cooperative pool nor the transfers' thread has to.
    private static let threads = BlockingThreads(name: "http-file", count: 2)
    private static let chunkSize = 256 << 10

    let length: Int64
    private let descriptor: Int32
    private let offset: Int64

    private init(descriptor: Int32, offset: Int64, length: Int64) {
        self.descriptor = descriptor
        self.offset = offset
        self.length = length
    }

    deinit {
        close(descriptor)
    }

    /// - Throws: `.invalidRequest` when the file can not be read or does not hold the part.
    static func open(_ path: String, offset: Int64, length: Int64?) async throws(HTTPClientError) -> FileBody {
        do {
            return try await threads.run {
                let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else {
                    throw invalid("the file \(path) can not be opened: \(String(cString: strerror(errno)))")
                }
                var status = stat()
                guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                    close(descriptor)
                    throw invalid("\(path) is not a regular file")
                }
                let available = Int64(status.st_size) - offset
                let length = length ?? available
                guard offset >= 0, length >= 0, length <= available else {
                    close(descriptor)
                    throw invalid("the file \(path) is shorter than the part to send")
                }
                return FileBody(descriptor: descriptor, offset: offset, length: length)
            }
        } catch let error as HTTPClientError {
            throw error
        } catch {
            throw .invalidRequest("the file \(path) can not be read: \(error)")
        }
    }

    private static func invalid(_ detail: String) -> HTTPClientError { .invalidRequest(detail) }

    /// Reads one chunk.
    /// - Parameter position: from the beginning of the part.
    /// - Returns: `nil` at the part's end.
    func read(at position: Int64) async throws -> Bytes? {
        let wanted = Int(min(Int64(Self.chunkSize), length - position))
        guard wanted > 0 else { return nil }
        return try await Self.threads.run { [self] in
            var failure: Int32 = 0
            let chunk = Bytes(unsafeUninitializedCapacity: wanted) { buffer, count in
                let result = pread(descriptor, buffer.baseAddress, wanted, off_t(offset + position))
                failure = result < 0 ? errno : 0
                count = max(0, result)
            }
            if failure != 0 {
                throw HTTPClientError.uploadFailed("the file can not be read: \(String(cString: strerror(failure)))")
            }
            return chunk.isEmpty ? nil : chunk
        }
    }
}
