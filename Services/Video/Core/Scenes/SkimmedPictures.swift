import Media

/// The pictures of a video in order, most of them decoded.
///
/// Frames that `VideoSkimmer` passed over are made up where the pictures on both sides are nearly the same, and decoded elsewhere.
struct SkimmedPictures {
    /// Pictures that are held back at most for those among them that are decoded after all: a usual group's.
    private static let most = 250

    private let skimmer: VideoSkimmer
    private let isCalm: (_ last: AnalysisPicture, _ next: AnalysisPicture) -> Bool
    /// The last picture that was decoded on the way.
    private var last: AnalysisPicture?
    /// Pictures, and times of frames among them that are to be recalled, up to the next key frame: a group is gone through once.
    private var (held, missing): ([(picture: AnalysisPicture, time: Double)], [Double]) = ([], [])
    /// Pictures that are ready, the next one last.
    private var ready: [(picture: AnalysisPicture, time: Double)] = []

    /// - Parameter isCalm: whether frames between two pictures may be made up.
    init(_ skimmer: VideoSkimmer, isCalm: @escaping (_ last: AnalysisPicture, _ next: AnalysisPicture) -> Bool) {
        (self.skimmer, self.isCalm) = (skimmer, isCalm)
    }

    /// The next picture, and seconds of its frame.
    /// - Returns: `nil` after the last.
    /// - Throws: `MediaError`.
    mutating func next() throws -> (picture: AnalysisPicture, time: Double)? {
        while ready.isEmpty {
            let step = try skimmer.next()
            if let step { try hold(step) }
            if missing.isEmpty || held.count >= Self.most || step?.frame.map(\.isKeyFrame) ?? true { try release() }
            if step == nil, ready.isEmpty { return nil }
        }
        return ready.removeLast()
    }

    private mutating func hold(_ step: VideoSkimmer.Step) throws {
        let next = try step.frame.map { try (picture: AnalysisPicture(of: $0), time: $0.time) }
        if let last, let next, isCalm(last, next.picture) {
            held += step.passed.enumerated().map { place, time in
                (last.blended(with: next.picture, share: Double(place + 1) / Double(step.passed.count + 1)), time)
            }
        } else {
            missing += step.passed
        }
        if let next { held.append(next) }
        last = next?.picture ?? last
    }

    /// Makes all that is held ready.
    private mutating func release() throws {
        if !missing.isEmpty {
            let sampler = try skimmer.recall(missing)
            while let frame = try sampler.next() { held.append((try AnalysisPicture(of: frame), frame.time)) }
        }
        ready = held.sorted { $0.time > $1.time }
        (held, missing) = ([], [])
    }
}
