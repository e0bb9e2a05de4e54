package import Media

/// How long a mix is.
package enum MixLength: String, Sendable, Hashable, CaseIterable {
    /// Until the last track that does not loop has ended.
    case longest
    /// As long as the first track.
    case first

    /// Frames of a mix.
    /// - Parameters:
    ///   - tracks: of the mix.
    ///   - lengths: frames of each track's sound.
    package func frames(_ tracks: [MixTrack], lengths: [Int], sampleRate: Int) -> Int {
        let ends = zip(tracks, lengths).map { Int(($0.start * Double(sampleRate)).rounded()) + $1 }
        switch self {
        case .first: return ends.first ?? 0
        case .longest:
            let lasting = zip(tracks, ends).filter { !$0.0.loops }.map(\.1)
            // Where everything loops, once through the longest.
            return lasting.max() ?? ends.max() ?? 0
        }
    }
}
