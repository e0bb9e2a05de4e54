import Media

/// Pictures of the canvas's size that are used again once nobody holds them: memory that is new to a process is slow.
final class PicturePool {
    private let canvas: Composition.Canvas
    private var all: [VideoFrame] = []

    init(_ canvas: Composition.Canvas) { self.canvas = canvas }

    /// - Parameter kept: pictures that are still needed.
    /// - Returns: one whose samples may be written.
    /// - Throws: `MediaError.outOfMemory`.
    func take(except kept: [VideoFrame?]) throws(MediaError) -> VideoFrame {
        if let free = all.first(where: { frame in frame.isWritable && !kept.contains { $0 === frame } }) { return free }
        let made = try VideoFrame.blank(width: canvas.width, height: canvas.height, pixelFormat: "yuv420p", color: .canvas)
        all.append(made)
        return made
    }
}

extension MediaInfo.Color {
    /// Of everything that is assembled. Source: ITU-R BT.709.
    static let canvas = MediaInfo.Color(space: "bt709", transfer: "bt709", primaries: "bt709", range: "tv")
}
