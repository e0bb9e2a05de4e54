import CLibAV

extension AudioDecoder {
    /// Seconds that are decoded before the sought time so that codecs which build on earlier frames sound right: Opus asks for 80
    /// ms (RFC 7845, section 4.6), MP3's bit reservoir reaches back 9 frames of at most 72 ms.
    private static let preroll = 0.7

    /// Goes to a time; the next frame begins there, to the sample where the container's times are that fine (Matroska, WebM and
    /// FLV count milliseconds). A decoder for each part of a file lets the parts be decoded at once.
    /// - Parameter seconds: from the start of the sound, 0 or more.
    /// - Throws: `MediaError.corrupt` when the file has no such place, `.cancelled`.
    package func seek(to seconds: Double) throws(MediaError) {
        let unit = av_q2d(stream.pointee.time_base)
        let start = stream.pointee.start_time == avs_no_pts ? 0 : stream.pointee.start_time
        let target = Int64((max(0, seconds - Self.preroll) / unit).rounded(.down)) + start
        let status = av_seek_frame(reader.context, stream.pointee.index, target, AVSEEK_FLAG_BACKWARD)
        guard status >= 0 else { throw reader.input.cause() ?? .corrupt(status) }
        restart(at: seconds)
    }

    /// Drops what lies before the sought time.
    /// - Returns: the frame, or its later part; `nil` when nothing of it is wanted.
    func dropUnwanted(_ frame: AudioFrame) throws(MediaError) -> AudioFrame? {
        guard let wanted else { return frame }
        let time = frame.frame.pointee.best_effort_timestamp
        guard time != avs_no_pts else {
            // Nothing tells where this is: the demuxer's own idea of the place has to do.
            self.wanted = nil
            return frame
        }
        let start = stream.pointee.start_time == avs_no_pts ? 0 : stream.pointee.start_time
        let begins = Double(time - start) * av_q2d(stream.pointee.time_base)
        let surplus = Int(((wanted - begins) * Double(frame.format.sampleRate)).rounded())
        guard surplus < frame.frameCount else { return nil }
        self.wanted = nil
        return surplus > 0 ? try frame.dropping(surplus) : frame
    }
}
