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
        let reader = try MediaReader(path: path)
        let decoder = try reader.videoDecoder(decoding)
        let rate = decoder.format.frameRate?.value ?? 25
        frameRate = rate
        var detector = makeDetector(rate)
        var cuts: [Int] = []
        while let frame = try decoder.next() {
            guard let picture = AnalysisPicture(frame) else { throw MediaError.unsupported("this pixel format") }
            let found = detector.process(picture, frame: frame.index)
            cuts += found.cuts
            times.append(frame.time)
            transitions += found.transitions
            if keepsMeasures { measures += found.measures }
            if let duration = decoder.duration, duration > 0 { progress(min(1, frame.time / duration)) }
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

    /// How many transitions are of a kind.
    func count(_ kind: Transition.Kind) -> Int { transitions.count { $0.kind == kind } }
}

extension VideoDecoding {
    /// For small pictures that are only compared: what smooths the edges of blocks is left out of frames that no other builds on.
    static var analysis: VideoDecoding {
        var decoding = VideoDecoding()
        decoding.skipsLoopFilter = true
        return decoding
    }
}
