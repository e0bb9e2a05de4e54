import Media

extension FrameIndex {
    /// Seconds from the first frame to the end of the last, which is taken to last as long as the others do on average.
    var duration: Double { count > 1 ? lastTime * Double(count) / Double(count - 1) : lastTime }
}
