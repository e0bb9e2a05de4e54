import Primitives
import TestSupport
import Testing
import VideoCore

@Suite(.computing) struct ProbeOperationTests {
    @Test func theFormIsTold() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes(
            "film.mp4", ["-c:v", "libx264", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-metadata", "title=A film"])
        let (_, found) = try await fixture.run("video.probe", on: film)
        let video = found["video"]?.arrayValue?.first ?? .null
        #expect(
            video["codec"] == "h264" && video["width"] == 128 && video["height"] == 72 && video["frame_rate"]?.doubleValue == 25)
        #expect(found["tags"]?["title"] == "A film" && found["duration_seconds"]?.doubleValue == 8)
        let frames = found["frames"] ?? .null
        #expect(frames["count"] == 200 && frames["is_constant_rate"] == true && frames["broken_times"] == 0)
        #expect(frames["key_frames"] == 4 && frames["key_frame_interval_seconds"]?.doubleValue == 2, "\(frames)")
    }

    @Test func turnedAndVariablePicturesAreTold() async throws {
        let fixture = try VideoFixture()
        let (upright, phone) = (fixture.path("upright.mp4"), fixture.path("phone.mp4"))
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=2", "-vf", "select='not(mod(n,7))+gt(n,30)'", "-vsync", "vfr", "-c:v",
            "libx264", upright,
        ])
        try await fixture.ffmpeg(["-i", upright, "-c", "copy", "-metadata:s:v:0", "rotate=270", phone])
        let (_, found) = try await fixture.run("video.probe", on: phone)
        let video = found["video"]?.arrayValue?.first ?? .null
        #expect(video["rotation_degrees"] == 90 && video["shown_width"] == 180 && video["shown_height"] == 320, "\(video)")
        #expect(found["frames"]?["is_constant_rate"] == false)
    }

    @Test func wideColoursAreTold() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("hdr.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=0.4", "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-x265-params",
            "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc", film,
        ])
        let (_, found) = try await fixture.run("video.probe", on: film)
        let video = found["video"]?.arrayValue?.first ?? .null
        #expect(video["is_hdr"] == true && video["bit_depth"] == 10 && video["color_primaries"] == "bt2020", "\(video)")
    }

    /// Transport streams leave the picture's size to the frames.
    @Test func whatTheHeaderLeavesOutIsRead() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.ts")
        let (_, found) = try await fixture.run("video.probe", on: film)
        let video = found["video"]?.arrayValue?.first ?? .null
        #expect(video["width"] == 128 && video["height"] == 72 && video["pixel_format"] == "yuv420p", "\(video)")
        #expect(found["frames"]?["count"] == 200)
    }
}
