import CLibAV
import Glibc

/// A local file behind the libraries' I/O interface. They never see a path, so no content can make them open another.
final class InputFile {
    private let descriptor: Int32
    let context: UnsafeMutablePointer<AVIOContext>
    let size: Int64

    /// - Throws: `MediaError.io`, `.empty` for a file without bytes.
    init(_ path: String) throws(MediaError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .io(-errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .io(-errno)
        }
        guard status.st_size > 0 else {
            close(descriptor)
            throw .empty
        }
        size = Int64(status.st_size)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        let capacity = 1 << 17
        let opaque = UnsafeMutablePointer<InputPosition>.allocate(capacity: 1)
        opaque.initialize(to: InputPosition(descriptor: descriptor, position: 0, size: size))
        guard let buffer = av_malloc(capacity),
            let context = avio_alloc_context(buffer, Int32(capacity), 0, opaque, readInput, nil, seekInput)
        else { fatalError("no memory for a read buffer") }
        self.context = context
    }

    deinit {
        let opaque = context.pointee.opaque.assumingMemoryBound(to: InputPosition.self)
        av_free(context.pointee.buffer)
        var pointer: UnsafeMutablePointer<AVIOContext>? = context
        avio_context_free(&pointer)
        opaque.deallocate()
        close(descriptor)
    }
}

private struct InputPosition {
    let descriptor: Int32
    var position: Int64
    let size: Int64
}

private func readInput(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
    guard let input = opaque?.assumingMemoryBound(to: InputPosition.self) else { return avs_error_io }
    while true {
        let read = pread(input.pointee.descriptor, buffer, Int(count), off_t(input.pointee.position))
        if read > 0 {
            input.pointee.position += Int64(read)
            return Int32(read)
        }
        if read == 0 { return avs_error_eof }
        guard errno == EINTR else { return -errno }
    }
}

private func seekInput(_ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32) -> Int64 {
    guard let input = opaque?.assumingMemoryBound(to: InputPosition.self) else { return Int64(avs_error_io) }
    switch whence & ~Int32(AVSEEK_FORCE) {
    case avs_seek_size: return input.pointee.size
    case SEEK_SET: input.pointee.position = offset
    case SEEK_CUR: input.pointee.position += offset
    case SEEK_END: input.pointee.position = input.pointee.size + offset
    default: return Int64(avs_error_io)
    }
    return input.pointee.position
}
