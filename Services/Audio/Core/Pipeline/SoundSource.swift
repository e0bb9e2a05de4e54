import Media

/// Sound that can be had from its beginning as often as needed: a file, or what is made of files on the way.
protocol SoundSource {
    /// About how long it is; `nil` when nobody knows before it was decoded.
    var seconds: Double? { get }

    /// Gives the sound as planar floats of one rate and layout.
    /// - Parameters:
    ///   - target: planar float.
    ///   - progress: called with the fraction done, from 0 to 1.
    ///   - body: called with frames that it may change.
    /// - Throws: `MediaError`, or what `body` throws.
    func decode(to target: AudioFormat, progress: (Double) -> Void, _ body: (AudioFrame) throws -> Void) throws
}
