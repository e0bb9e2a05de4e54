import Media
import Primitives

/// Frames that are looked at to find the best ones.
struct CandidateFrames {
    struct Candidate {
        /// Seconds from the start.
        let time: Double
        let quality: PictureQuality
        let blocks: BlockPicture
    }

    /// In order of time.
    let all: [Candidate]

    /// - Parameters:
    ///   - times: seconds from the start.
    ///   - progress: gets how many have been looked at.
    /// - Throws: `MediaError`, `VideoError.noPictures`.
    init(path: String, index: FrameIndex, times: [Double], progress: (Int) -> Void) throws {
        let sampler = try FrameSampler(path: path, index: index, times: times)
        var found: [Candidate] = []
        while let frame = try sampler.next() {
            guard let picture = AnalysisPicture(frame, largestSide: PictureQuality.width) else {
                throw MediaError.unsupported("this pixel format")
            }
            found.append(Candidate(time: frame.time, quality: PictureQuality(picture), blocks: BlockPicture(picture)))
            progress(found.count)
        }
        guard !found.isEmpty else { throw VideoError.noPictures }
        all = found
    }

    /// Times spread over a part of a video: key frames, because they are decoded alone, and the middle, because encoders put key
    /// frames where something flashes.
    static func times(in part: Range<Double>, count: Int, keyFrames: [Double]) -> [Double] {
        let (keys, middle) = (keyFrames.filter { part.contains($0) }, (part.lowerBound + part.upperBound) / 2)
        guard keys.count >= count else { return keys + [middle] }
        return (0..<count - 1).map { keys[($0 * 2 + 1) * keys.count / ((count - 1) * 2)] } + [middle]
    }

    /// Frames that are looked at for the whole of a video.
    private static let count = 48
    /// The mean difference of blocks that two of the best have at least, 0 to 255.
    private static let leastDifference: Float = 12
    /// The part of a video at its beginning and its end where titles and credits are.
    private static let edge = 0.04

    /// Frames of the whole video but for its beginning and end.
    /// - Parameter progress: gets the fraction looked at.
    /// - Throws: as the other.
    init(path: String, index: FrameIndex, progress: (Double) -> Void) throws {
        let end = index.lastTime + 0.001
        let whole = end * Self.edge..<end * (1 - Self.edge)
        let keys = Self.times(in: whole, count: Self.count, keyFrames: index.keyFrameTimes)
        // Few key frames leave gaps that are looked into as well.
        let count = min(Self.count, index.count)
        let spread = (0..<count).map {
            whole.lowerBound + (Double($0) + 0.5) * (whole.upperBound - whole.lowerBound) / Double(count)
        }
        let times = keys.count >= Self.count / 2 ? keys : spread
        try self.init(path: path, index: index, times: times) { progress(Double($0) / Double(times.count)) }
    }

    /// The best ones that differ from each other, the best first. Black ones and such of one colour are none of them, unless there
    /// is nothing else: then it is one of those.
    func best(_ count: Int) -> [Candidate] {
        let good = all.filter { $0.quality.score > 0 }
        guard !good.isEmpty else { return [all[all.count / 2]] }
        var chosen: [Candidate] = []
        for candidate in good.sorted(by: { $0.quality.score > $1.quality.score }) where chosen.count < count {
            if chosen.allSatisfy({ $0.blocks.distance(to: candidate.blocks) >= Self.leastDifference }) { chosen.append(candidate) }
        }
        return chosen
    }
}

extension CandidateFrames.Candidate {
    /// What `document` has, as the properties of a JSON schema.
    static let properties: [String: JSONValue] = [
        "time_seconds": ["type": "number", "x-unit": "s"], "score": ["type": "number"], "sharpness": ["type": "number"],
        "brightness": ["type": "number"], "contrast": ["type": "number"], "colorfulness": ["type": "number"],
    ]

    /// When it is seen and how it was judged.
    var document: JSONValue {
        [
            "time_seconds": .number(time.rounded(decimals: 3)), "score": .number(quality.score.rounded(decimals: 4)),
            "sharpness": .number(quality.sharpness.rounded(decimals: 1)),
            "brightness": .number(quality.brightness.rounded(decimals: 1)),
            "contrast": .number(quality.contrast.rounded(decimals: 1)),
            "colorfulness": .number(quality.colorfulness.rounded(decimals: 1)),
        ]
    }
}
