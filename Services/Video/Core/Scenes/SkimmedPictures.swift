import Media

/// The pictures of a video in order, most of them decoded.
///
/// Frames that `VideoSkimmer` passed over are made up where the pictures on both sides are nearly the same, and decoded elsewhere.
struct SkimmedPictures {
    private let skimmer: VideoSkimmer
    private let isCalm: (_ last: AnalysisPicture, _ next: AnalysisPicture) -> Bool
    /// The last picture that was decoded on the way.
    private var last: AnalysisPicture?
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
            guard let step = try skimmer.next() else { return nil }
            let decoded = try step.frame.map { try (picture: AnalysisPicture(of: $0), time: $0.time) }
            if !step.passed.isEmpty { ready = try pictures(at: step.passed, before: decoded?.picture) }
            if let decoded { ready.append(decoded) }
            ready.reverse()
            last = decoded?.picture ?? last
        }
        return ready.removeLast()
    }

    private func pictures(
        at times: [Double], before next: AnalysisPicture?
    ) throws -> [(picture: AnalysisPicture, time: Double)] {
        if let last, let next, isCalm(last, next) {
            return times.enumerated().map { place, time in
                (last.blended(with: next, share: Double(place + 1) / Double(times.count + 1)), time)
            }
        }
        let sampler = try skimmer.recall(times)
        var found: [(picture: AnalysisPicture, time: Double)] = []
        while let frame = try sampler.next() { found.append((try AnalysisPicture(of: frame), frame.time)) }
        return found
    }
}
