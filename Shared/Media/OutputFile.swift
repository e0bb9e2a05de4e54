import CLibAV
import Glibc

/// A file that is being written, behind the libraries' I/O interface. Until `finish` has succeeded it is not a result, and it is
/// removed with its object.
final class OutputFile {
    let context: UnsafeMutablePointer<AVIOContext>
    private let path: String
    /// The name that the file gets when it is whole; `nil` when it has it already.
    private let finalPath: String?
    private let descriptor: Int32
    private var isClosed = false

    /// - Parameters:
    ///   - isStreamed: whether it is a pipe that is there already.
    ///   - isNamedAtLast: whether the file has another name until `finish` has succeeded.
    /// - Throws: `MediaError.diskFull`, `.io`, `.outOfMemory`.
    init(_ path: String, isStreamed: Bool = false, isNamedAtLast: Bool = false) throws(MediaError) {
        finalPath = isNamedAtLast ? path : nil
        let path = isNamedAtLast ? path + ".part" : path
        self.path = path
        // Readable too: the MP4 muxer reads back what it moves.
        descriptor = open(path, isStreamed ? O_WRONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw errno == ENOSPC || errno == EDQUOT ? .diskFull : .io(-errno) }
        do {
            context = try FileCursor.makeContext(descriptor, isWriting: true, isSequential: isStreamed)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        FileCursor.free(context)
        guard !isClosed else { return }
        removeUnfinished()
        close(descriptor)
    }

    /// Bytes of the file; known when it is finished.
    private(set) var bytesWritten: Int64 = 0

    /// The error of the first write that failed, as the libraries' code; 0 when none did.
    var failure: Int32 { FileCursor.of(context).failure }

    /// Lets a muxer write here, and read here what it wrote. It can open nothing else. The object has to outlive the muxer.
    func attach(to format: UnsafeMutablePointer<AVFormatContext>) {
        format.pointee.pb = context
        format.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        format.pointee.io_open = { format, context, _, flags, _ in
            guard let opaque = format?.pointee.opaque, flags & AVIO_FLAG_WRITE == 0 else { return avs_error_not_permitted }
            let output = Unmanaged<OutputFile>.fromOpaque(opaque).takeUnretainedValue()
            do {
                context?.pointee = try FileCursor.makeContext(output.descriptor, isWriting: false)
                return 0
            } catch {
                return avs_error_no_memory
            }
        }
        format.pointee.io_close2 = { _, context in
            if let context { FileCursor.free(context) }
            return 0
        }
    }

    /// Writes what is buffered and closes the file.
    /// - Throws: `MediaError.diskFull`, `.encoder`.
    func finish() throws(MediaError) {
        avio_flush(context)
        if failure < 0 { throw .writing("the file", failure) }
        var status = stat()
        if fstat(descriptor, &status) == 0 { bytesWritten = Int64(status.st_size) }
        // Quotas and network file systems may tell only now that there was no room.
        isClosed = true
        guard close(descriptor) == 0 || errno == EINTR else {
            let failure = -errno
            unlink(path)
            throw .writing("the file", failure)
        }
        guard let finalPath, rename(path, finalPath) != 0 else { return }
        let failure = -errno
        unlink(path)
        throw .writing("the file", failure)
    }

    /// Removes the file if it is a regular one and still the one that was opened.
    private func removeUnfinished() {
        var (own, there) = (stat(), stat())
        guard fstat(descriptor, &own) == 0, own.st_mode & S_IFMT == S_IFREG, lstat(path, &there) == 0,
            own.st_dev == there.st_dev, own.st_ino == there.st_ino
        else { return }
        unlink(path)
    }
}
