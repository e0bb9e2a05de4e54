import CLibAV

/// Takes off the padding that an AAC encoder adds to fill its last frame. MP4 tells the true length (ISO/IEC 14496-12, 8.6.5 and
/// 8.6.6), but the demuxer leaves out whole packets only.
struct GaplessTail {
    /// Samples after the start of the sound where it ends.
    private let end: Int64
    private let start: Int64
    /// The frame after one that reaches over the end.
    private var waiting: AudioFrame?

    /// - Returns: `nil` where the length is not told to the sample.
    init?(_ context: UnsafeMutablePointer<AVFormatContext>, _ stream: UnsafeMutablePointer<AVStream>) {
        let (names, parameters) = (String(cString: context.pointee.iformat.pointee.name), stream.pointee.codecpar.pointee)
        let unit = stream.pointee.time_base
        guard names.hasPrefix("mov,"), parameters.codec_id == AV_CODEC_ID_AAC, unit.num == 1, unit.den == parameters.sample_rate,
            stream.pointee.duration > 0
        else { return nil }
        end = stream.pointee.duration
        start = stream.pointee.start_time == avs_no_pts ? 0 : stream.pointee.start_time
    }

    mutating func reset() { waiting = nil }

    /// - Parameter decode: gives the next frame, `nil` after the last.
    mutating func next(_ decode: () throws(MediaError) -> AudioFrame?) throws(MediaError) -> AudioFrame? {
        if let frame = waiting {
            waiting = nil
            return frame
        }
        guard let frame = try decode() else { return nil }
        let time = frame.frame.pointee.best_effort_timestamp
        guard time != avs_no_pts, time - start < end, time - start + Int64(frame.frameCount) > end else { return frame }
        // Frames after the told end mean that it was told wrong.
        waiting = try decode()
        if waiting == nil { frame.frameCount = Int(end - (time - start)) }
        return frame
    }
}
