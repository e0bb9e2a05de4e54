import Jobs
import Media
import Primitives

/// An input file that can be decoded from its beginning as often as needed.
struct AudioSource: SoundSource {
    /// The container, streams and tags.
    let info: MediaInfo
    let coverArt: CoverArt?
    /// The audio stream that is decoded.
    let stream: MediaInfo.AudioStream
    /// What its decoder gives.
    let format: AudioFormat
    /// Seconds from the beginning of the file, where the first of picture and sound begins, to the first sample.
    let offset: Double
    private let path: String

    /// - Throws: `MediaError`: not media, no audio, empty, too large for the limits.
    init(_ input: JobContext.Input) throws(MediaError) {
        try self.init(path: input.path)
    }

    init(path: String) throws(MediaError) {
        let reader = try MediaReader(path: path)
        let decoder = try reader.audioDecoder()
        let decoded = reader.info.audio.first {
            $0.sampleRate == decoder.format.sampleRate && $0.channels == decoder.format.channels
        }
        guard let stream = decoded ?? reader.info.audio.first else { throw .noAudio }
        (info, coverArt, self.stream, format) = (reader.info, reader.coverArt, stream, decoder.format)
        // Sound that begins late tells when by its first frame. Whoever decodes it is told what is wrong with it.
        if decoder.offset > 0 { _ = try? decoder.next() }
        offset = decoder.offset
        self.path = path
    }

    var seconds: Double? { info.duration }

    /// Seconds of the sound as the file tells them; `nil` when they would be a guess: from the bit rate, or from how long the other
    /// streams are.
    var knownDuration: Double? {
        guard !info.isDurationGuessed else { return nil }
        // Matroska tells where a stream ends in place of how long it is.
        if let duration = stream.duration { return duration - (info.container.contains("matroska") ? offset : 0) }
        return info.audio.count == 1 && info.video.allSatisfy(\.isCoverArt) ? info.duration : nil
    }

    /// The chapters as they stand in a file of the sound alone, which begins with its first sample.
    var chapters: [MediaInfo.Chapter] {
        info.chapters.compactMap { chapter in
            guard chapter.end > offset else { return nil }
            return .init(start: max(0, chapter.start - offset), end: chapter.end - offset, title: chapter.title)
        }
    }

    /// Seconds of the sound, counted where the file does not tell them.
    /// - Throws: `MediaError`.
    var measuredDuration: Double {
        get throws(MediaError) {
            if let knownDuration { return knownDuration }
            return try MediaReader.measureDuration(path: path)
        }
    }

    /// The same sound as planar floats.
    var planarFormat: AudioFormat {
        .planar(sampleRate: format.sampleRate, channels: format.channels, channelMask: format.channelMask)
    }

    /// Decodes the stream as it is.
    /// - Parameters:
    ///   - progress: called with the fraction done, from 0 to 1.
    ///   - body: called with each frame in the decoder's own sample format.
    /// - Throws: `MediaError`, or what `body` throws.
    func decode(progress: (Double) -> Void, _ body: (AudioFrame) throws -> Void) throws {
        let decoder = try MediaReader(path: path).audioDecoder()
        let duration = decoder.duration ?? info.duration
        while let frame = try decoder.next() {
            try body(frame)
            if let duration, duration > 0 { progress(min(1, decoder.position / duration)) }
        }
        progress(1)
    }

    /// Decodes the stream to planar floats of one rate and layout.
    /// - Parameters:
    ///   - target: planar float.
    ///   - body: called with frames that it may change.
    /// - Throws: `MediaError`, or what `body` throws.
    func decode(to target: AudioFormat, progress: (Double) -> Void, _ body: (AudioFrame) throws -> Void) throws {
        let converter = AudioConverter(to: target)
        try decode(progress: progress) { frame in
            let converted = try converter.convert(frame)
            if converted.frameCount > 0 { try body(converted) }
        }
        if let rest = try converter.flush(), rest.frameCount > 0 { try body(rest) }
    }

    /// Decodes a part of the stream to planar floats.
    /// - Parameters:
    ///   - start: seconds from the beginning, where the first frame starts.
    ///   - truncation: what to do about a file that breaks off; a range may lie behind its end, and what is there counts.
    ///   - body: called with frames until it returns false.
    /// - Throws: `MediaError`, or what `body` throws.
    func decode(
        to target: AudioFormat, from start: Double, truncation: TruncationPolicy = .accept, progress: (Double) -> Void,
        _ body: (AudioFrame) throws -> Bool
    ) throws {
        let decoder = try MediaReader(path: path).audioDecoder(truncation: truncation)
        if start > 0 { try decoder.seek(to: start) }
        let converter = AudioConverter(to: target)
        while let frame = try decoder.next() {
            let converted = try converter.convert(frame)
            if converted.frameCount > 0, try !body(converted) { return progress(1) }
        }
        if let rest = try converter.flush(), rest.frameCount > 0 { _ = try body(rest) }
        progress(1)
    }
}

extension JobContext {
    /// Reports a stage that makes up the whole job.
    func progress(_ stage: String) -> (Double) -> Void {
        { report($0, stage) }
    }
}

extension AudioFrame {
    /// The samples of every channel; valid as long as the frame.
    var planes: [UnsafeBufferPointer<Float>] { (0..<format.channels).map { UnsafeBufferPointer(channel($0)) } }

    /// Looks at samples before they go into what remembers: it would never forget a sample that is no number.
    /// - Throws: `AudioError.notFinite`.
    func requireFinite() throws(AudioError) {
        guard isFinite else { throw .notFinite }
    }
}

extension AudioFormat {
    /// Planar floats for so many channels, with the layout spelled out where there is a usual one.
    static func planar(sampleRate: Int, channels: Int, channelMask: UInt64) -> AudioFormat {
        // A frame resolves the mask 0 to the layout that the libraries take for it.
        AudioFrame(.float(sampleRate: sampleRate, channels: channels, channelMask: channelMask), frameCount: 0).format
    }
}
