package import Media

/// A stretch of video between two cuts.
package struct Scene: Sendable, Equatable {
    /// Frames, the end not included.
    package let frames: Range<Int>
    /// Seconds.
    package let start: Double
    package let end: Double
}

/// What a detector found in a video.
package struct SceneAnalysis: Sendable {
    package private(set) var scenes: [Scene] = []
    /// How they follow each other, where the detector tells.
    package private(set) var transitions: [Transition] = []
    /// Frames per second.
    package let frameRate: Double
    /// Seconds of each frame, and the detector's measures of it.
    package private(set) var times: [Double] = []
    package private(set) var measures: [[Double]] = []

    /// - Parameters:
    ///   - path: of the video.
    ///   - decoding: see `VideoDecoding`.
    ///   - keepsMeasures: whether `measures` is filled.
    ///   - makeDetector: gets the frame rate.
    ///   - progress: called with the fraction done, from 0 to 1.
    /// - Throws: `MediaError`.
    package init(
        path: String, decoding: VideoDecoding, keepsMeasures: Bool, makeDetector: (Double) -> any SceneDetector,
        progress: (Double) -> Void
    ) throws {
        let (rate, duration) = try Self.timing(of: path)
        frameRate = rate
        var detector = makeDetector(rate)
        var cuts: [Int] = []
        var skimmed = keepsMeasures ? nil : try Self.skimmed(path, decoding, detector)
        let decoder = skimmed == nil ? try MediaReader(path: path).videoDecoder(decoding) : nil
        while let (picture, time) = try skimmed?.next() ?? decoder?.nextPicture() {
            let found = detector.process(picture, frame: times.count)
            cuts += found.cuts
            times.append(time)
            transitions += found.transitions
            if keepsMeasures { measures += found.measures }
            if let duration, duration > 0 { progress(min(1, time / duration)) }
        }
        let rest = detector.finish(frames: times.count)
        cuts += rest.cuts
        transitions += rest.transitions
        if keepsMeasures { measures += rest.measures }
        let borders = [0] + Set(cuts).filter { $0 > 0 && $0 < times.count }.sorted() + [times.count]
        let last = (times.last ?? 0) + 1 / rate
        scenes = zip(borders, borders.dropFirst()).map { begin, end in
            Scene(frames: begin..<end, start: times[begin], end: end < times.count ? times[end] : last)
        }
        progress(1)
    }

    /// Frames per second, and seconds by the header. Its decoder is closed again: 8K takes much memory for each.
    private static func timing(of path: String) throws -> (rate: Double, duration: Double?) {
        let decoder = try MediaReader(path: path).videoDecoder(VideoDecoding())
        return (decoder.format.frameRate?.value ?? 25, decoder.duration)
    }

    /// The pictures of a video without those that its detector can do without.
    /// - Returns: `nil` where it needs all, or the video tells too little.
    private static func skimmed(
        _ path: String, _ decoding: VideoDecoding, _ detector: any SceneDetector
    ) throws -> SkimmedPictures? {
        guard let detector = detector as? any SkimmingDetector else { return nil }
        var decoding = decoding
        decoding.loopFilter = .nowhere
        return try VideoSkimmer(path: path, decoding: decoding).map { SkimmedPictures($0, isCalm: detector.isCalm) }
    }

    /// How many transitions are of a kind.
    func count(_ kind: Transition.Kind) -> Int { transitions.count { $0.kind == kind } }
}

extension VideoDecoding {
    /// For small pictures that are only compared: what smooths the edges of blocks is left out of frames that no other builds on.
    static var analysis: VideoDecoding {
        var decoding = VideoDecoding()
        decoding.loopFilter = .referenceFrames
        return decoding
    }
}

extension VideoDecoder {
    /// The next frame's picture, and its seconds.
    fileprivate func nextPicture() throws -> (picture: AnalysisPicture, time: Double)? {
        try next().map { try (AnalysisPicture(of: $0), $0.time) }
    }
}
