import CLibAV
import Glibc

/// A file that is being written, behind the libraries' I/O interface.
final class OutputFile {
    private let descriptor: Int32
    let context: UnsafeMutablePointer<AVIOContext>
    private let state: UnsafeMutablePointer<OutputState>

    /// - Throws: `MediaError.diskFull`, `.io`.
    init(_ path: String) throws(MediaError) {
        // Readable too: some muxers read back what they move.
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw errno == ENOSPC ? .diskFull : .io(-errno) }
        state = .allocate(capacity: 1)
        state.initialize(to: OutputState(descriptor: descriptor))
        let capacity = 1 << 17
        guard let buffer = av_malloc(capacity),
            let context = avio_alloc_context(buffer, Int32(capacity), 1, state, readOutput, writeOutput, seekOutput)
        else { fatalError("no memory for a write buffer") }
        self.context = context
    }

    /// The error of the first write that failed, as the libraries' code; 0 when none did.
    var failure: Int32 { state.pointee.failure }

    deinit {
        av_free(context.pointee.buffer)
        var pointer: UnsafeMutablePointer<AVIOContext>? = context
        avio_context_free(&pointer)
        state.deallocate()
        close(descriptor)
    }
}

private struct OutputState {
    let descriptor: Int32
    var failure: Int32 = 0
}

private func readOutput(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
    guard let state = opaque?.assumingMemoryBound(to: OutputState.self) else { return avs_error_io }
    let got = read(state.pointee.descriptor, buffer, Int(count))
    return got > 0 ? Int32(got) : got == 0 ? avs_error_eof : -errno
}

private func writeOutput(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
    guard let state = opaque?.assumingMemoryBound(to: OutputState.self), let buffer else { return avs_error_io }
    var done = 0
    while done < Int(count) {
        let written = write(state.pointee.descriptor, buffer + done, Int(count) - done)
        if written > 0 {
            done += written
        } else if errno != EINTR {
            state.pointee.failure = -errno
            return -errno
        }
    }
    return count
}

private func seekOutput(_ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32) -> Int64 {
    guard let state = opaque?.assumingMemoryBound(to: OutputState.self) else { return Int64(avs_error_io) }
    let mode = whence & ~Int32(AVSEEK_FORCE)
    if mode == avs_seek_size {
        var status = stat()
        return fstat(state.pointee.descriptor, &status) == 0 ? Int64(status.st_size) : Int64(-errno)
    }
    let position = lseek(state.pointee.descriptor, off_t(offset), mode)
    return position >= 0 ? Int64(position) : Int64(-errno)
}
