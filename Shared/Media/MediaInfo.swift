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
        /// Whether the file marks it as the one to play.
        package let isDefault: Bool
    }

    /// Names as ITU-T H.273 has them, for example `bt709`.
    package struct Color: Sendable, Hashable {
        package let space: String?
        package let transfer: String?
        package let primaries: String?
        /// `tv` or `pc`.
        package let range: String?

        package init(space: String?, transfer: String?, primaries: String?, range: String?) {
            (self.space, self.transfer, self.primaries, self.range) = (space, transfer, primaries, range)
        }

        /// Whether brightness beyond that of usual screens is meant: PQ (SMPTE ST 2084) or HLG (ARIB STD-B67).
        package var isHighDynamicRange: Bool { ["smpte2084", "arib-std-b67"].contains(transfer) }
    }

    package struct VideoStream: Sendable {
        package let index: Int
        package let codec: String
        package let profile: String?
        package let width: Int
        package let height: Int
        /// Frames per second; `nil` when unknown.
        package let frameRate: Double?
        package let pixelFormat: String?
        /// Bits of a sample; `nil` when unknown.
        package let bitDepth: Int?
        /// How the file says its colours are to be shown; `nil` where it says nothing.
        package let color: Color
        /// Width by height of one pixel; 1 for square ones.
        package let pixelAspect: Double
        /// Whether frames are made of two fields.
        package let isInterlaced: Bool
        /// Degrees, clockwise, that players turn the picture by: 0, 90, 180 or 270 for what cameras write.
        package let rotation: Int
        /// Bits per second; `nil` when unknown.
        package let bitRate: Int?
        /// Seconds; `nil` when the header does not say.
        package let duration: Double?
        /// Whether it is a picture that belongs to the audio.
        package let isCoverArt: Bool
    }

    package struct SubtitleStream: Sendable {
        package let index: Int
        package let codec: String
        package let language: String?
    }

    package struct Chapter: Sendable, Hashable {
        /// Seconds.
        package let start: Double
        /// Seconds.
        package let end: Double
        package let title: String?

        package init(start: Double, end: Double, title: String?) {
            (self.start, self.end, self.title) = (start, end, title)
        }
    }

    /// The demuxer's name, for example `wav` or `mov,mp4,m4a,3gp,3g2,mj2`.
    package let container: String
    /// Seconds; `nil` when the header does not say.
    package let duration: Double?
    /// Whether `duration` is only a guess from the bit rate; `MediaReader.measureDuration` tells the real one.
    package let isDurationGuessed: Bool
    /// Bytes.
    package let size: Int64
    /// Bits per second; `nil` when unknown.
    package let bitRate: Int?
    package let audio: [AudioStream]
    package let video: [VideoStream]
    package let subtitles: [SubtitleStream]
    /// Streams of other kinds than audio and video: subtitles, data, attachments.
    package let otherStreams: Int
    package let tags: [String: String]
    package let chapters: [Chapter]
}
