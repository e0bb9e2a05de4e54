import CLibAV

/// How containers hold subtitles.
struct SubtitleCoding {
    /// One packet of a track.
    struct Piece {
        let bytes: [UInt8]
        /// Seconds.
        let start: Double
        let end: Double
    }

    private let codec: AVCodecID
    private let header: [UInt8]

    /// - Parameter header: of an ASS script; `nil` for plain text.
    /// - Throws: `MediaError.unsupported` when the container holds no subtitles.
    init(_ container: MediaContainer, header: String?) throws(MediaError) {
        switch container {
        case .mp4, .mov:
            // An empty style record and font table. Source: 3GPP TS 26.245, 5.16, TextSampleEntry.
            let font = "Sans-Serif".utf8
            self.header =
                [0, 0, 0, 0, 1, 0xFF, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 1, 0, 18, 255, 255, 255, 255]
                + [0, 0, 0, UInt8(13 + font.count)] + "ftab".utf8 + [0, 1, 0, 1, UInt8(font.count)] + font
            codec = AV_CODEC_ID_MOV_TEXT
        case .mkv:
            codec = header == nil ? AV_CODEC_ID_SUBRIP : AV_CODEC_ID_ASS
            self.header = header.map { [UInt8]($0.utf8) } ?? []
        case .webm: (codec, self.header) = (AV_CODEC_ID_WEBVTT, [])
        case .ts, .flv, .fragmented: throw .unsupported("subtitles in \(container.rawValue)")
        }
    }

    /// Tells a file's stream what will come.
    func describe(_ stream: UnsafeMutablePointer<AVStream>) throws(MediaError) {
        guard let parameters = stream.pointee.codecpar else { throw .outOfMemory }
        parameters.pointee.codec_type = AVMEDIA_TYPE_SUBTITLE
        parameters.pointee.codec_id = codec
        stream.pointee.time_base = AVRational(num: 1, den: 1000)
        guard !header.isEmpty else { return }
        guard let room = av_mallocz(header.count + Int(avs_input_padding)) else { throw .outOfMemory }
        room.copyMemory(from: header, byteCount: header.count)
        parameters.pointee.extradata = room.assumingMemoryBound(to: UInt8.self)
        parameters.pointee.extradata_size = Int32(clamping: header.count)
    }

    /// The packets of one subtitle. MP4 knows no gaps: an empty one ends each.
    func packets(_ text: String, from start: Double, to end: Double) -> [Piece] {
        let bytes = [UInt8](text.utf8)
        guard codec == AV_CODEC_ID_MOV_TEXT else { return [Piece(bytes: bytes, start: start, end: end)] }
        let count = min(bytes.count, 65_535)
        let sample = [UInt8(count >> 8), UInt8(count & 0xFF)] + bytes.prefix(count)
        return [Piece(bytes: sample, start: start, end: end)]
    }
}
