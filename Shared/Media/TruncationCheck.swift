import CLibAV

/// Tells whether decoded audio is all that a file promised.
struct TruncationCheck {
    /// Containers whose header counts every sample.
    private static let exact: Set = ["wav", "w64", "aiff", "caf", "au", "flac", "tta", "wv", "ape", "tak", "dsf"]
    /// Containers that count frames: encoder delay and padding are in their durations.
    private static let counted: Set = ["mp3", "mov", "ogg", "matroska"]

    /// Seconds that the header promises; `nil` when it promises nothing.
    let promised: Double?
    /// Seconds that may be missing.
    private let tolerance: Double
    /// Seconds that may be missing when the last packet could not be decoded.
    private let toleranceInDamage: Double
    private let isOgg: Bool

    /// - Parameter offset: seconds from the beginning of the file to that of the stream.
    init(
        _ context: UnsafeMutablePointer<AVFormatContext>, _ stream: UnsafeMutablePointer<AVStream>, _ input: InputFile,
        offset: Double
    ) {
        let names = Set(String(cString: context.pointee.iformat.pointee.name).split(separator: ",").map(String.init))
        let rate = Double(max(1, stream.pointee.codecpar.pointee.sample_rate))
        isOgg = names.contains("ogg")
        // Matroska tells where a stream ends in place of how long it is.
        let before = names.contains("matroska") ? offset : 0
        promised = Self.declared(stream, input) ?? Self.duration(context, stream).map { $0 - before }
        if !names.isDisjoint(with: Self.exact) {
            // Writers are known that count their header among the sound: some samples prove nothing.
            tolerance = 0.02
        } else if !names.isDisjoint(with: Self.counted) {
            // Delay and padding of MP3 and AAC encoders together stay below four frames of 1152 samples.
            tolerance = max(0.1, 4608 / rate)
        } else {
            // Durations of the others are written before the end is known, or rounded to packets.
            tolerance = max(1, (promised ?? 0) * 0.02)
        }
        // MP3 files often end in tags, which count as damage.
        toleranceInDamage = names.contains("mov") || !names.isDisjoint(with: Self.exact) ? 2 / rate : tolerance
    }

    /// - Parameters:
    ///   - end: seconds that were decoded.
    ///   - inDamage: whether the last packet could not be decoded.
    ///   - input: looked at for an Ogg page that breaks off.
    func isTruncated(at end: Double, inDamage: Bool, _ input: InputFile) -> Bool {
        if let promised, promised - end > (inDamage ? toleranceInDamage : tolerance) { return true }
        return isOgg && OggTail.isCut(input.bytes(at: max(0, input.size - Int64(OggTail.size)), count: OggTail.size))
    }

    /// Seconds by the size that the sound's chunk declares.
    private static func declared(_ stream: UnsafeMutablePointer<AVStream>, _ input: InputFile) -> Double? {
        let bitRate = stream.pointee.codecpar.pointee.bit_rate
        guard bitRate > 0, let bytes = ChunkedAudio.declaredSize(input) else { return nil }
        return Double(bytes) * 8 / Double(bitRate)
    }

    private static func duration(_ context: UnsafeMutablePointer<AVFormatContext>, _ stream: UnsafeMutablePointer<AVStream>)
        -> Double?
    {
        // What is guessed from the bit rate proves nothing.
        guard context.pointee.duration_estimation_method != AVFMT_DURATION_FROM_BITRATE else { return nil }
        let container = context.pointee.duration > 0 ? Double(context.pointee.duration) / Double(avs_time_base) : nil
        if let own = MediaInfo.duration(stream.pointee) {
            // A stream longer than its file is left from before the file was cut on purpose.
            return container.map { own > $0 + 0.1 } == true ? container : own
        }
        // The container's duration is that of its longest stream, so it promises something only for a single one.
        return isAlone(context, stream) ? container : nil
    }

    private static func isAlone(_ context: UnsafeMutablePointer<AVFormatContext>, _ stream: UnsafeMutablePointer<AVStream>) -> Bool
    {
        (0..<Int(context.pointee.nb_streams)).allSatisfy { index in
            guard let other = context.pointee.streams[index] else { return true }
            return other == stream || other.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        }
    }
}
