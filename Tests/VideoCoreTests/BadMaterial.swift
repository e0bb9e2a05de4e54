import Foundation
import Primitives
import TestSupport
import Testing

/// Films that are not as they should be, each small.
enum BadMaterial: String, CaseIterable, Sendable {
    case noVideo, zeroFrames, missingKeyFrames, rotated, oddDimensions, highDynamicRange, headerOf8K, negativeTimes, jumpingTimes
    case longSound, variableRate, truncated

    /// Of the pictures as they are shown: upright, and even where an encoder needs it.
    var shown: (width: Int, height: Int) {
        switch self {
        case .rotated: (72, 96)
        case .oddDimensions: (97, 73)
        default: (96, 72)
        }
    }

    /// What may be said of it in place of a result, where it can be made nothing of.
    var problems: Set<String> {
        switch self {
        case .noVideo: ["no-video"]
        case .zeroFrames: ["video-empty", "no-video", "not-media", "no-audio", "media-empty"]
        case .headerOf8K:
            ["video-empty", "media-corrupt", "no-pictures", "media-truncated", "not-media", "no-audio", "media-empty"]
        default: []
        }
    }

    /// Frames that an encoder of the whole writes.
    var frames: ClosedRange<Int64> {
        switch self {
        case .missingKeyFrames: 60...99
        // What an edit list leaves out is not seen.
        case .negativeTimes: 12...25
        case .jumpingTimes: 48...50
        case .truncated: 25...95
        default: 25...25
        }
    }

    /// Seconds of the pictures, or of the sound where that is longer.
    var seconds: ClosedRange<Double> {
        switch self {
        case .missingKeyFrames: 2.4...4.1
        case .negativeTimes: 0.4...1.1
        case .jumpingTimes: 1.9...2.2
        case .longSound: 0.9...3.1
        case .truncated: 1...4.1
        case .variableRate: 0.9...2.2
        default: 0.9...1.1
        }
    }

    private static let pictures = ["-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=1"]
    private static let sound = ["-f", "lavfi", "-i", "sine=r=48000:d=1"]
    private static let encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]

    /// - Returns: the path of the film.
    func make(in fixture: VideoFixture) async throws -> String {
        let film = fixture.path(rawValue + "." + ending)
        switch self {
        case .noVideo: try await fixture.ffmpeg(Self.sound + [film])
        case .zeroFrames: try await fixture.ffmpeg(Self.pictures + ["-frames:v", "0", "-c:v", "libx264", film])
        case .missingKeyFrames:
            // The beginning is gone: the first packets build on a key frame that is not there.
            let whole = fixture.path("whole.ts")
            try await fixture.ffmpeg(four + Self.encoder + ["-g", "25", "-muxrate", "0", whole])
            let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
            try bytes.dropFirst(188 * (bytes.count / 188 / 8)).write(to: URL(fileURLWithPath: film))
        case .rotated:
            let plain = fixture.path("plain.mp4")
            try await fixture.ffmpeg(Self.pictures + Self.sound + Self.encoder + [plain])
            try await fixture.ffmpeg(["-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=90", film])
        case .oddDimensions:
            try await fixture.ffmpeg(
                ["-f", "lavfi", "-i", "testsrc2=s=97x73:r=25:d=1,format=yuv444p"] + Self.sound + ["-c:v", "ffv1", film])
        case .highDynamicRange:
            let colors = "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1:max-cll=1000,400"
            try await fixture.ffmpeg(
                Self.pictures + Self.sound
                    + ["-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", colors, film])
        case .headerOf8K:
            try await fixture.ffmpeg([
                "-f", "lavfi", "-i", "color=red:s=7680x4320:r=25:d=0.04", "-c:v", "libx264", "-preset", "ultrafast", film,
            ])
            // A frame's first thousand bytes are left of it.
            let bytes = try Data(contentsOf: URL(fileURLWithPath: film))
            try bytes.prefix(2000).write(to: URL(fileURLWithPath: film))
        case .negativeTimes:
            let plain = fixture.path("plain.mp4")
            try await fixture.ffmpeg(Self.pictures + Self.sound + Self.encoder + ["-bf", "0", plain])
            let earlier = "setts=ts=TS-0.5/TB"
            try await fixture.ffmpeg([
                "-i", plain, "-c", "copy", "-bsf:v", earlier, "-bsf:a", earlier, "-avoid_negative_ts", "disabled", film,
            ])
        case .jumpingTimes:
            var bytes = Data()
            for (index, offset) in [500.0, 20.0].enumerated() {
                let part = fixture.path("part\(index).ts")
                try await fixture.ffmpeg(
                    Self.pictures + Self.sound + Self.encoder + ["-bf", "0", "-output_ts_offset", "\(offset)", part])
                bytes += try Data(contentsOf: URL(fileURLWithPath: part))
            }
            try bytes.write(to: URL(fileURLWithPath: film))
        case .longSound:
            try await fixture.ffmpeg(Self.pictures + ["-f", "lavfi", "-i", "sine=r=48000:d=3"] + Self.encoder + [film])
        case .variableRate:
            // The later frames come at half the rate.
            try await fixture.ffmpeg(
                Self.pictures + Self.sound
                    + ["-vf", "setpts='if(gt(N,12),12+(N-12)*2,N)/25/TB'", "-vsync", "vfr", "-enc_time_base", "1/1000"]
                    + Self.encoder + [film])
        case .truncated:
            let whole = fixture.path("whole.mkv")
            try await fixture.ffmpeg(four + Self.encoder + ["-g", "10", whole])
            let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
            try bytes.dropLast(bytes.count * 2 / 5).write(to: URL(fileURLWithPath: film))
        }
        return film
    }

    private var ending: String {
        switch self {
        case .noVideo: "m4a"
        case .missingKeyFrames, .jumpingTimes: "ts"
        case .oddDimensions, .highDynamicRange, .truncated, .headerOf8K: "mkv"
        default: "mp4"
        }
    }

    private var four: [String] {
        ["-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=4", "-f", "lavfi", "-i", "sine=r=48000:d=4"]
    }
}
