import Media

/// Looks at one picture after the other, in the order of their times.
protocol PictureCheck {
    mutating func look(at picture: CheckPicture)

    /// - Parameter end: seconds at which the last picture ends.
    mutating func finish(at end: Double) -> CheckResult
}

/// Listens to the sound from second 0 on, without gaps.
protocol SoundCheck {
    /// - Parameter planes: the samples of each channel, as many of each.
    mutating func listen(to planes: [UnsafeBufferPointer<Float>]) throws

    mutating func finish() throws -> CheckResult
}

/// A picture as checks see it.
struct CheckPicture {
    let frame: VideoFrame
    /// Made small: what is looked for is large.
    let small: AnalysisPicture
    /// Of the small picture, 0 to 255.
    let luma: [UInt8]
    /// Seconds from the file's second 0.
    var time: Double { frame.time }

    /// - Throws: `MediaError.unsupported` for pixel formats that can not be read.
    init(_ frame: VideoFrame) throws(MediaError) {
        guard let small = AnalysisPicture(frame) else { throw .unsupported("this pixel format") }
        (self.frame, self.small, luma) = (frame, small, small.luma)
    }
}

/// Stretches of time for which something holds, the short ones left out.
struct Stretches {
    /// Seconds.
    let shortest: Double
    private(set) var found: [Range<Double>] = []
    private var start: Double?

    init(shortest: Double) { self.shortest = shortest }

    /// - Parameter time: seconds from which on it holds, or does not.
    mutating func note(_ holds: Bool, at time: Double) {
        if holds {
            start = start ?? time
        } else {
            close(at: time)
        }
    }

    /// Ends what still holds.
    mutating func close(at time: Double) {
        // Clocks are rounded: a millisecond of grace.
        if let start, time > start, time - start >= shortest - 0.001 { found.append(start..<time) }
        start = nil
    }
}
