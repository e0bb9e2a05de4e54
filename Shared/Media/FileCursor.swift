import CLibAV
import Glibc

/// A place in an open file, behind the libraries' I/O interface. It reads and writes at its own position, so that several can
/// share one descriptor.
struct FileCursor {
    let descriptor: Int32
    var position: Int64 = 0
    /// Whether it is a pipe, which knows no positions.
    var isSequential = false
    /// The first failed call's error as the libraries' code; 0 when none failed.
    var failure: Int32 = 0

    /// Bytes that are read or written at a time.
    private static let bufferSize = 1 << 17

    /// Makes an I/O context that the caller gives back to `free`.
    /// - Parameters:
    ///   - isSequential: whether it is a pipe.
    ///   - isCancellable: whether reading ends when the current task has been cancelled.
    static func makeContext(
        _ descriptor: Int32, isWriting: Bool, isSequential: Bool = false, isCancellable: Bool = false
    ) throws(MediaError) -> UnsafeMutablePointer<AVIOContext> {
        guard let buffer = av_malloc(bufferSize) else { throw .outOfMemory }
        let cursor = UnsafeMutablePointer<FileCursor>.allocate(capacity: 1)
        cursor.initialize(to: FileCursor(descriptor: descriptor, isSequential: isSequential))
        let reader: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, Int32) -> Int32 =
            isCancellable ? readUnlessCancelled : readAtCursor
        let context = avio_alloc_context(
            buffer, Int32(bufferSize), isWriting ? 1 : 0, cursor, isWriting ? nil : reader, isWriting ? writeAtCursor : nil,
            isSequential ? nil : moveCursor)
        guard let context else {
            av_free(buffer)
            cursor.deallocate()
            throw .outOfMemory
        }
        return context
    }

    static func free(_ context: UnsafeMutablePointer<AVIOContext>) {
        // The libraries may have put another buffer in the place of the first.
        av_free(context.pointee.buffer)
        context.pointee.opaque.assumingMemoryBound(to: FileCursor.self).deallocate()
        var pointer: UnsafeMutablePointer<AVIOContext>? = context
        avio_context_free(&pointer)
    }

    /// The cursor of a context that `makeContext` made.
    static func of(_ context: UnsafeMutablePointer<AVIOContext>) -> FileCursor {
        context.pointee.opaque.assumingMemoryBound(to: FileCursor.self).pointee
    }

    fileprivate mutating func fail(_ error: Int32) -> Int32 {
        if failure == 0 { failure = -error }
        return -error
    }
}

private func readUnlessCancelled(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32)
    -> Int32
{
    Task.isCancelled ? avs_error_exit : readAtCursor(opaque, buffer, count)
}

private func readAtCursor(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
    guard let cursor = opaque?.assumingMemoryBound(to: FileCursor.self) else { return avs_error_io }
    while true {
        let read = pread(cursor.pointee.descriptor, buffer, Int(count), off_t(cursor.pointee.position))
        if read > 0 {
            cursor.pointee.position += Int64(read)
            return Int32(read)
        }
        if read == 0 { return avs_error_eof }
        let error = errno
        guard error == EINTR else { return cursor.pointee.fail(error) }
    }
}

private func writeAtCursor(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
    guard let cursor = opaque?.assumingMemoryBound(to: FileCursor.self), let buffer else { return avs_error_io }
    var done = 0
    while done < Int(count) {
        let (descriptor, position) = (cursor.pointee.descriptor, off_t(cursor.pointee.position))
        let rest = Int(count) - done
        let written =
            cursor.pointee.isSequential ? write(descriptor, buffer + done, rest) : pwrite(descriptor, buffer + done, rest, position)
        let error = errno
        if written > 0 {
            done += written
            cursor.pointee.position += Int64(written)
        } else if written == 0 {
            return cursor.pointee.fail(ENOSPC)
        } else if error != EINTR {
            return cursor.pointee.fail(error)
        }
    }
    return count
}

private func moveCursor(_ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32) -> Int64 {
    guard let cursor = opaque?.assumingMemoryBound(to: FileCursor.self) else { return Int64(avs_error_io) }
    var status = stat()
    func size() -> Int64 { fstat(cursor.pointee.descriptor, &status) == 0 ? Int64(status.st_size) : 0 }
    let base: Int64
    switch whence & ~Int32(AVSEEK_FORCE) {
    case avs_seek_size: return size()
    case SEEK_SET: base = 0
    case SEEK_CUR: base = cursor.pointee.position
    case SEEK_END: base = size()
    default: return Int64(avs_error_invalid_argument)
    }
    // Offsets come from the file's own headers: they may be anything.
    let (position, isTooLarge) = base.addingReportingOverflow(offset)
    guard !isTooLarge, position >= 0 else { return Int64(avs_error_invalid_argument) }
    cursor.pointee.position = position
    return position
}
