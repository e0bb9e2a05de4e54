import Contracts
import Media

/// How a video is written whose pictures are all drawn anew: part of the parameters of operations that make such.
package struct DrawnEncoding: Sendable {
    var container: MediaContainer?
    var codec: VideoCodec?
    var quality: Double?
    var speed = EncodingSpeed.medium

    package init() {}

    /// The container, MP4 where none is said.
    var file: MediaContainer { container ?? .mp4 }

    /// The codec, in WebM VP9 where none is said.
    /// - Parameter usual: what it is elsewhere.
    func codec(else usual: VideoCodec = .h264) -> VideoCodec {
        codec ?? (container == .webm ? .vp9 : usual)
    }

    /// The encoder's settings, with the quality that is usual for the codec where none is said.
    func target(else usual: VideoCodec = .h264) -> VideoTarget {
        let codec = codec(else: usual)
        var target = VideoTarget(codec, .quality(quality ?? codec.usualQuality))
        target.speed = speed
        return target
    }

    /// Whether the container takes the codec.
    /// - Throws: `MediaError.unsupported`.
    func check() throws(MediaError) {
        guard file.holds(codec()) else { throw .unsupported("\(codec().rawValue) in \(file.rawValue)") }
    }
}

/// Parameters of an operation that draws every picture of its video.
package protocol DrawsVideo: Sendable {
    var drawn: DrawnEncoding { get set }
}

extension DrawsVideo {
    /// The fields that all of them share.
    static var drawnFields: [Field<Self>] {
        [
            .choice("container", \Self.drawn.container, "Of the video; mp4 where nothing else is said."),
            .choice(
                "codec", \Self.drawn.codec,
                "Of the pictures; where nothing is said vp9 in WebM, h265 for high dynamic range, else h264."),
            .number(
                "quality", \Self.drawn.quality, in: 0...63,
                "The encoder's constant quality (CRF), 0 is best; by default its usual one."),
            .choice("speed", \Self.drawn.speed, "How much time the encoder takes for a smaller file."),
        ]
    }
}
