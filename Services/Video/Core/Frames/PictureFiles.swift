import FoundationEssentials
import Glibc
import Jobs
import Media
import Primitives

/// Where pictures go: files of their own, or one ZIP archive.
final class PictureFiles {
    /// Files that are still handed over one by one.
    static let mostSingle = 40

    private let folder: String
    private let archive: (name: String, descriptor: Int32)?
    private var zip = ZipArchive()
    private(set) var files: [JobOutput.File] = []

    /// - Parameter archive: the archive's name; `nil` for files of their own.
    /// - Throws: `MediaError.io`, `.diskFull`.
    init(folder: String, archive name: String?) throws(MediaError) {
        self.folder = folder
        guard let name else {
            archive = nil
            return
        }
        let descriptor = open(folder + "/" + name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure() }
        archive = (name, descriptor)
        files = [JobOutput.File(name: name, mediaType: "application/zip")]
    }

    deinit { if let archive { close(archive.descriptor) } }

    /// Adds a picture; half of one is not left in the folder.
    /// - Throws: `MediaError.io`, `.diskFull`.
    func add(_ name: String, _ bytes: [UInt8], mediaType: String) throws(MediaError) {
        guard let archive else {
            let path = folder + "/" + name
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Self.failure() }
            defer { close(descriptor) }
            do { try Self.write(bytes, to: descriptor) } catch {
                unlink(path)
                throw error
            }
            files.append(JobOutput.File(name: name, mediaType: mediaType))
            return
        }
        var checksum = CRC32()
        checksum.update(bytes)
        try Self.write(zip.begin(ZipArchive.Entry(name: name, size: Int64(bytes.count))), to: archive.descriptor)
        try Self.write(bytes, to: archive.descriptor)
        try Self.write(zip.end(checksum: checksum.value), to: archive.descriptor)
    }

    /// Encodes a picture and adds it.
    /// - Parameters:
    ///   - frame: of any pixel format and square pixels.
    ///   - original: what the input is called.
    /// - Throws: `MediaError`.
    func add(_ frame: VideoFrame, _ format: StillFormat, _ quality: Int, named original: String, suffix: String) throws(MediaError)
    {
        try add(
            StillEncoder(format, quality: quality).encode(Self.fitted(frame, to: format)), format, named: original, suffix: suffix)
    }

    /// Adds a picture that is made.
    /// - Throws: `MediaError.io`, `.diskFull`.
    func add(_ picture: [UInt8], _ format: StillFormat, named original: String, suffix: String) throws(MediaError) {
        let name = OutputName.derived(from: original, suffix: suffix, fileExtension: format.fileExtension, fallback: "video")
        try add(name, picture, mediaType: format.mediaType)
    }

    /// The picture in the format's own pixel format.
    private static func fitted(_ frame: VideoFrame, to format: StillFormat) throws(MediaError) -> VideoFrame {
        guard frame.pictureFormat.pixelFormatName != format.pixelFormatName else { return frame }
        let chain = PictureChain(
            frame.pictureFormat, rotation: 0, color: MediaInfo.Color(space: nil, transfer: nil, primaries: nil, range: nil),
            width: nil, height: nil, pixelFormat: format.pixelFormatName, isLimited: format == .webp)
        return try VideoFilterGraph(chain.description, format: frame.pictureFormat).apply(frame)
    }

    /// Moves a file of the folder into the archive; without one it stays where it is.
    /// - Throws: `MediaError.io`, `.diskFull`.
    func add(written name: String, mediaType: String) throws(MediaError) {
        guard archive != nil else {
            files.append(JobOutput.File(name: name, mediaType: mediaType))
            return
        }
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(filePath: folder + "/" + name)) } catch { throw Self.failure() }
        try add(name, [UInt8](bytes), mediaType: mediaType)
        unlink(folder + "/" + name)
    }

    /// Writes what ends an archive.
    /// - Throws: `MediaError.io`, `.diskFull`.
    func finish() throws(MediaError) {
        if let archive { try Self.write(zip.finish(), to: archive.descriptor) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(MediaError) {
        do throws(WriteFailure) { try bytes.write(to: descriptor) } catch { throw failure(error) }
    }

    private static func failure(_ failure: WriteFailure = WriteFailure()) -> MediaError {
        failure.isFull ? .diskFull : .io(-failure.number)
    }
}
