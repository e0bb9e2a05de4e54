import CLibAV
import Glibc

/// A folder that a muxer writes a playlist and its segments into. What was written goes with the object until `finish` has
/// succeeded.
final class SegmentFolder: MuxerOutput {
    private let folder: String
    private var open: [UnsafeMutablePointer<AVIOContext>: Int32] = [:]
    private(set) var names: [String] = []
    private(set) var failure: Int32 = 0
    private(set) var bytesWritten: Int64 = 0
    private var isFinished = false

    init(_ folder: String) { self.folder = folder }

    deinit {
        for context in open.keys { close(context) }
        if !isFinished { for name in names { unlink(folder + "/" + name) } }
    }

    func attach(to format: UnsafeMutablePointer<AVFormatContext>) {
        format.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        format.pointee.io_open = { format, context, name, flags, _ in
            guard let opaque = format?.pointee.opaque, let name, flags & AVIO_FLAG_WRITE != 0 else {
                return avs_error_not_permitted
            }
            let folder = Unmanaged<SegmentFolder>.fromOpaque(opaque).takeUnretainedValue()
            do {
                context?.pointee = try folder.open(String(cString: name))
                return 0
            } catch {
                return (error as? MediaError)?.rawCode ?? avs_error_io
            }
        }
        format.pointee.io_close2 = { format, context in
            guard let opaque = format?.pointee.opaque, let context else { return 0 }
            return Unmanaged<SegmentFolder>.fromOpaque(opaque).takeUnretainedValue().close(context)
        }
    }

    func finish() throws(MediaError) {
        if failure < 0 { throw .writing("the segments", failure) }
        isFinished = true
    }

    private func open(_ name: String) throws(MediaError) -> UnsafeMutablePointer<AVIOContext> {
        // Names are made by the muxer from ours; anything else is not for this folder.
        guard !name.contains("/") else { throw .io(avs_error_not_permitted) }
        let descriptor = Glibc.open(folder + "/" + name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            if failure == 0 { failure = -errno }
            throw .io(-errno)
        }
        do {
            let context = try FileCursor.makeContext(descriptor, isWriting: true)
            open[context] = descriptor
            if !names.contains(name) { names.append(name) }
            return context
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    @discardableResult
    private func close(_ context: UnsafeMutablePointer<AVIOContext>) -> Int32 {
        guard let descriptor = open.removeValue(forKey: context) else { return 0 }
        avio_flush(context)
        let cursor = FileCursor.of(context)
        if failure == 0 { failure = cursor.failure }
        bytesWritten += cursor.position
        FileCursor.free(context)
        Glibc.close(descriptor)
        return cursor.failure
    }
}

/// What a stream for HTTP (HLS) is cut into.
package enum StreamSegment: String, Sendable, CaseIterable {
    /// Fragmented MP4, and MPEG transport stream for old players.
    case fmp4, ts
}

extension MediaWriter {
    /// A writer of one playlist and its segments (RFC 8216): `name.m3u8`, `name-00000.m4s` and so on.
    /// - Parameters:
    ///   - folder: that they go into.
    ///   - name: letters, digits and dashes.
    ///   - seconds: of a segment; video needs key frames there, see `VideoTarget.keyFrameEvery`.
    /// - Throws: as `init(path:container:isBitExact:)`.
    package convenience init(
        segmentsIn folder: String, named name: String, kind: StreamSegment, seconds: Double, isBitExact: Bool = false
    ) throws(MediaError) {
        let options = [
            "hls_time": "\(seconds)", "hls_list_size": "0", "hls_playlist_type": "vod", "hls_flags": "independent_segments",
            "hls_segment_type": kind == .fmp4 ? "fmp4" : "mpegts", "hls_fmp4_init_filename": name + "-init.mp4",
            "hls_segment_filename": name + "-%05d." + (kind == .fmp4 ? "m4s" : "ts"),
        ]
        try self.init(
            SegmentFolder(folder), kind == .fmp4 ? .fragmented : .ts, muxer: "hls", name: name + ".m3u8", options: options,
            isBitExact: isBitExact)
    }

    /// The names of the files of a writer of segments, in the order in which they were begun.
    package var segmentNames: [String] { (output as? SegmentFolder)?.names ?? [] }

    /// What players call the codec of a track (RFC 6381), for example `avc1.64001f`; `nil` for codecs without such a name here.
    /// Known once something was written.
    package func codecName(of track: Track) -> String? {
        guard let parameters = format.pointee.streams[track.index]?.pointee.codecpar?.pointee else { return nil }
        let header = UnsafeBufferPointer(start: parameters.extradata, count: Int(parameters.extradata_size))
        func hex(_ bytes: some Sequence<UInt8>) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        switch parameters.codec_id {
        case AV_CODEC_ID_H264:
            // The sequence parameter set begins with profile, constraints and level (ITU-T H.264, 7.3.2.1.1).
            guard let start = header.indices.first(where: { $0 + 3 < header.count && header[$0] & 0x1F == 7 && $0 >= 3 }) else {
                return nil
            }
            return "avc1." + hex(header[(start + 1)...(start + 3)])
        case AV_CODEC_ID_HEVC: return "hvc1.\(max(1, parameters.profile)).6.L\(parameters.level).B0"
        case AV_CODEC_ID_AAC: return "mp4a.40.2"
        case AV_CODEC_ID_OPUS: return "opus"
        default: return nil
        }
    }
}
