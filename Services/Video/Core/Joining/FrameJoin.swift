import Media

/// Files one after the other in one, decoded and encoded anew: all in the first one's size and rate.
struct FrameJoin {
    let paths: [String]
    let encoding: EncodingWishes
    let preset: PlatformPreset
    let container: MediaContainer

    struct Outcome {
        let chain: VideoChain
        let target: VideoTarget
        let sound: AudioTarget?
        let frames: Int
        /// Seconds.
        let duration: Double
        let encoder: String?
    }

    /// - Parameter progress: called with the fraction done.
    /// - Throws: `MediaError`, `VideoError`.
    func run(_ writer: MediaWriter, progress: (Double) -> Void) throws -> Outcome {
        let first = try FrameSource(path: paths[0])
        let size = VideoChain.shown(first)
        let rate = first.frameRate ?? Ratio(30, 1)
        var wishes = VideoChain.Wishes()
        (wishes.width, wishes.height, wishes.fit) = (size.width, size.height, .pad)
        wishes.frameRate = rate
        wishes.isStandardRange = encoding.codec(preset) == .h264
        var (chain, target) = try Transcoder.complete(encoding.videoTarget(preset), wishes, first)
        // Frames of files of other depths are brought to that of the first.
        let pixelFormat = chain.pixelFormat
        let format = try VideoFilterGraph(chain.description, format: first.format).output ?? first.format
        let video = try writer.addVideo(target, format: format)
        let sound = encoding.audioTarget(
            try soundFormat() ?? .float(sampleRate: 48_000, channels: 2), container, preset)
        let audio = encoding.sound == .none || sound == nil ? nil : try sound.map { try writer.addAudio($0) }
        target.frameRate = rate
        var start = 0.0
        for (index, path) in paths.enumerated() {
            let pass = try MediaPass(path: path, wantsAudio: audio != nil)
            guard let source = pass.video else { throw MediaError.noVideo }
            let own = index == 0 ? chain : VideoChain(source, codec: target.codec, wishes)
            let links = own.description + (own.pixelFormat == pixelFormat ? "" : ",format=\(pixelFormat)")
            let graph = try VideoFilterGraph(links, format: source.format, threads: 2)
            var end = start
            func drain() throws(MediaError) {
                while let frame = try graph.pull() {
                    end = max(end, start + frame.time + 1 / rate.value)
                    try writer.write(frame.at(start + frame.time, timeBase: format.timeBase), to: video)
                }
            }
            var heard = 0.0
            try pass.run { frame in
                try graph.push(frame)
                try drain()
            } onSound: { samples in
                guard let audio else { return }
                heard += Double(samples.frameCount) / Double(samples.format.sampleRate)
                try writer.write(samples, to: audio)
            } progress: {
                progress((Double(index) + $0) / Double(paths.count))
            }
            try graph.push(nil)
            try drain()
            end = max(end, start + heard)
            // The next file begins where a frame may be.
            end = (end * rate.value - 0.001).rounded(.up) / rate.value
            // Sound that is shorter than its pictures is filled up, so that the next file's begins with its own.
            if let audio { try fill(writer, audio, until: end - start - heard) }
            start = end
        }
        let encoder = writer.encoder(of: video)
        try writer.finish()
        return Outcome(
            chain: chain, target: target, sound: audio == nil ? nil : sound, frames: writer.frames(of: video).written,
            duration: start, encoder: encoder?.name)
    }

    /// The format of the first sound that there is.
    private func soundFormat() throws -> AudioFormat? {
        for path in paths {
            let info = try MediaReader(path: path).info
            if let stream = info.audio.first { return .float(sampleRate: stream.sampleRate, channels: min(2, stream.channels)) }
        }
        return nil
    }

    private func fill(_ writer: MediaWriter, _ track: MediaWriter.Track, until seconds: Double) throws(MediaError) {
        var rest = Int((seconds * 48_000).rounded())
        while rest > 0 {
            let count = min(rest, 24_000)
            try writer.write(AudioFrame.silence(.float(sampleRate: 48_000, channels: 2), frameCount: count), to: track)
            rest -= count
        }
    }
}
