import CLibAV

/// What a video of high dynamic range tells of the screen it was made on (SMPTE ST 2086) and of its brightest light (CTA-861.3).
package struct MasteringMetadata: Sendable, Hashable {
    /// As the libraries lay them out.
    private let display: [UInt8]
    private let light: [UInt8]

    /// - Returns: `nil` where a stream and its first frame tell nothing.
    init?(_ stream: UnsafeMutablePointer<AVStream>, _ frame: UnsafeMutablePointer<AVFrame>?) {
        func bytes(_ packetType: AVPacketSideDataType, _ frameType: AVFrameSideDataType, _ least: Int) -> [UInt8] {
            var size = 0
            if let data = av_stream_get_side_data(stream, packetType, &size), size >= least {
                return [UInt8](UnsafeBufferPointer(start: data, count: least))
            }
            guard let frame, let data = av_frame_get_side_data(frame, frameType), data.pointee.size >= least else { return [] }
            return [UInt8](UnsafeBufferPointer(start: data.pointee.data, count: least))
        }
        display = bytes(
            AV_PKT_DATA_MASTERING_DISPLAY_METADATA, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA,
            MemoryLayout<AVMasteringDisplayMetadata>.size)
        light = bytes(
            AV_PKT_DATA_CONTENT_LIGHT_LEVEL, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, MemoryLayout<AVContentLightMetadata>.size)
        if display.isEmpty, light.isEmpty { return nil }
    }

    /// Writes it into a file's stream.
    /// - Throws: `MediaError.outOfMemory`.
    func describe(_ stream: UnsafeMutablePointer<AVStream>) throws(MediaError) {
        let kinds = [(AV_PKT_DATA_MASTERING_DISPLAY_METADATA, display), (AV_PKT_DATA_CONTENT_LIGHT_LEVEL, light)]
        for (type, bytes) in kinds where !bytes.isEmpty {
            guard let room = av_stream_new_side_data(stream, type, bytes.count) else { throw .outOfMemory }
            room.update(from: bytes, count: bytes.count)
        }
    }

    /// The options that have x265 write it into the video itself. Units: 0.00002 of a chromaticity, 0.0001 cd/m².
    /// Source: x265 documentation, "SEI: --master-display, --max-cll".
    var optionsOfX265: String {
        var options = ""
        if !display.isEmpty {
            let value = display.withUnsafeBytes { $0.loadUnaligned(as: AVMasteringDisplayMetadata.self) }
            func units(_ ratio: AVRational, _ scale: Double) -> Int {
                ratio.den != 0 ? Int((av_q2d(ratio) * scale).rounded()) : 0
            }
            func point(_ x: AVRational, _ y: AVRational) -> String { "(\(units(x, 50_000)),\(units(y, 50_000)))" }
            let (red, green, blue) = value.display_primaries
            if value.has_primaries != 0, value.has_luminance != 0 {
                options +=
                    ":master-display=G\(point(green.0, green.1))B\(point(blue.0, blue.1))R\(point(red.0, red.1))"
                    + "WP\(point(value.white_point.0, value.white_point.1))"
                    + "L(\(units(value.max_luminance, 10_000)),\(units(value.min_luminance, 10_000)))"
            }
        }
        if !light.isEmpty {
            let value = light.withUnsafeBytes { $0.loadUnaligned(as: AVContentLightMetadata.self) }
            options += ":max-cll=\(value.MaxCLL),\(value.MaxFALL)"
        }
        return options
    }
}
