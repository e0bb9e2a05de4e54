import CLibAV
package import Primitives

/// A picture that belongs to the audio, as its encoded bytes. It is carried, never decoded.
package struct CoverArt: Sendable, Hashable {
    package let bytes: Bytes
    /// `image/jpeg` or `image/png`.
    package let mediaType: String
    package let width: Int
    package let height: Int

    init(bytes: Bytes, mediaType: String, width: Int, height: Int) {
        (self.bytes, self.mediaType, self.width, self.height) = (bytes, mediaType, width, height)
    }

    /// A picture to put into a file.
    /// - Parameter bytes: of a JPEG or PNG picture.
    /// - Returns: `nil` for anything else.
    package init?(_ bytes: Bytes) {
        guard let header = bytes.withUnsafeBytes({ PictureHeader($0) }) else { return nil }
        self.init(
            bytes: bytes, mediaType: bytes[0] == 0xFF ? "image/jpeg" : "image/png", width: header.width, height: header.height)
    }

    /// The first picture of a file that can be carried on.
    /// - Returns: `nil` when there is none, or only such as are larger than the limits, of another kind, or without a readable
    /// size.
    init?(_ context: UnsafeMutablePointer<AVFormatContext>, _ limits: MediaLimits) {
        for stream in context.pictures where Int64(stream.pointee.attached_pic.size) <= limits.coverArt.bytes {
            let kinds = [AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG]
            let bytes = Bytes(
                UnsafeBufferPointer(start: stream.pointee.attached_pic.data, count: Int(stream.pointee.attached_pic.size)))
            guard kinds.contains(stream.pointee.codecpar.pointee.codec_id), let art = CoverArt(bytes), art.isWithin(limits) else {
                continue
            }
            self = art
            return
        }
        return nil
    }

    private func isWithin(_ limits: MediaLimits) -> Bool { width > 0 && height > 0 && width * height <= limits.pixels }

    /// Gives the libraries what they would otherwise decode the pictures of a file for.
    static func describePictures(_ context: UnsafeMutablePointer<AVFormatContext>) {
        for stream in context.pictures {
            guard let parameters = stream.pointee.codecpar else { continue }
            let bytes = UnsafeRawBufferPointer(
                start: stream.pointee.attached_pic.data, count: Int(stream.pointee.attached_pic.size))
            let header = PictureHeader(bytes)
            parameters.pointee.width = Int32(clamping: header?.width ?? 1)
            parameters.pointee.height = Int32(clamping: header?.height ?? 1)
            // Which one does not matter to a picture that nobody decodes.
            if parameters.pointee.format < 0 { parameters.pointee.format = AV_PIX_FMT_YUVJ420P.rawValue }
        }
    }
}

extension UnsafeMutablePointer<AVFormatContext> {
    /// The streams that are a single attached picture.
    fileprivate var pictures: [UnsafeMutablePointer<AVStream>] {
        (0..<Int(pointee.nb_streams)).compactMap { index in
            guard let stream = pointee.streams[index], stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0,
                stream.pointee.attached_pic.data != nil, stream.pointee.attached_pic.size > 0
            else { return nil }
            return stream
        }
    }
}
