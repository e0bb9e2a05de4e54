package import Primitives

/// What a file is made of.
package struct MediaInfo: Sendable {
    package struct AudioStream: Sendable {
        package let index: Int
        package let codec: String
        package let profile: String?
        /// Hertz.
        package let sampleRate: Int
        package let channels: Int
        /// For example `stereo` or `5.1(side)`.
        package let channelLayout: String
        /// Bits of a sample as stored; `nil` for lossy codecs.
        package let bitDepth: Int?
        /// Bits per second; `nil` when unknown.
        package let bitRate: Int?
        /// Seconds; `nil` when the header does not say.
        package let duration: Double?
        package let language: String?
    }

    package struct VideoStream: Sendable {
        package let index: Int
        package let codec: String
        package let width: Int
        package let height: Int
        /// Frames per second; `nil` when unknown.
        package let frameRate: Double?
        package let pixelFormat: String?
        /// Whether it is a picture that belongs to the audio.
        package let isCoverArt: Bool
    }

    package struct Chapter: Sendable {
        /// Seconds.
        package let start: Double
        /// Seconds.
        package let end: Double
        package let title: String?
    }

    /// The demuxer's name, for example `wav` or `mov,mp4,m4a,3gp,3g2,mj2`.
    package let container: String
    /// Seconds; `nil` when the header does not say.
    package let duration: Double?
    /// Bytes.
    package let size: Int64
    /// Bits per second; `nil` when unknown.
    package let bitRate: Int?
    package let audio: [AudioStream]
    package let video: [VideoStream]
    /// Streams of other kinds: subtitles, data, attachments.
    package let otherStreams: Int
    package let tags: [String: String]
    package let chapters: [Chapter]
}

/// A picture that belongs to the audio, as its encoded bytes. It is carried, never decoded.
package struct CoverArt: Sendable, Hashable {
    package let bytes: Bytes
    /// `image/jpeg` or `image/png`.
    package let mediaType: String
    package let width: Int
    package let height: Int
}

/// What a file may ask of the studio.
package struct MediaLimits: Sendable {
    /// Pixels of a video frame or picture; more is a decompression bomb.
    package var pixels = 40_000_000
    package var streams = 64
    package var channels = 64
    /// Bytes of a cover picture.
    package var coverArt = ByteSize.mib(32)

    package init() {}
}
