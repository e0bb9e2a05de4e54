import FoundationEssentials
import Media
import Primitives
import TestSupport
import Testing

/// On real media, made by ffmpeg.
@Suite(.computing) struct MediaTests {
    private static func inFolder<T>(_ body: (String) async throws -> T) async throws -> T {
        let folder = try TemporaryFolder("media-test")
        defer { folder.remove() }
        return try await body(folder.path)
    }

    private static func ffmpeg(_ arguments: String...) async throws {
        let run = try await CommandRun.run("ffmpeg", ["-v", "error", "-y"] + arguments)
        try #require(run.status == 0, "\(run.errors)")
    }

    /// Three seconds of tone with tags and a cover picture, as MP3.
    private static func tagged(_ folder: String) async throws -> String {
        try await ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", "1", folder + "/cover.jpg")
        try await ffmpeg(
            "-f", "lavfi", "-i", "sine=d=3:r=48000", "-i", folder + "/cover.jpg", "-map", "0", "-map", "1", "-c:v", "copy",
            "-metadata",
            "title=Tön", "-metadata", "artist=Someone", "-disposition:v", "attached_pic", folder + "/tagged.mp3")
        return folder + "/tagged.mp3"
    }

    private static func convert(_ source: String, _ format: AudioFileFormat, _ path: String) throws {
        let reader = try MediaReader(path: source)
        let decoder = try reader.audioDecoder()
        var target = AudioTarget(
            format: format, sampleRate: format.sampleRate(nearest: decoder.format.sampleRate),
            channels: min(decoder.format.channels, format.maximumChannels))
        target.tags = reader.info.tags
        target.coverArt = reader.coverArt
        let writer = try AudioWriter(path: path, target: target)
        while let frame = try decoder.next() { try writer.write(frame) }
        try writer.finish()
    }

    @Test(arguments: AudioFileFormat.allCases) func writesEveryFormatWithTagsAndCover(_ format: AudioFileFormat) async throws {
        try await Self.inFolder { folder in
            let source = try await Self.tagged(folder)
            let path = folder + "/out." + format.fileExtension
            try Self.convert(source, format, path)
            let reader = try MediaReader(path: path)
            #expect(reader.info.tags["title"] == "Tön")
            #expect(reader.info.tags["artist"] == "Someone")
            #expect(format == .wav || reader.coverArt?.mediaType == "image/jpeg")
            #expect(abs((reader.info.duration ?? 0) - 3) < 0.06)
            let checked = try await CommandRun.run("ffmpeg", ["-v", "error", "-i", path, "-f", "null", "-"])
            #expect(checked.status == 0 && checked.errors.isEmpty, "\(checked.errors)")
        }
    }

    @Test func losslessIsBitExact() async throws {
        try await Self.inFolder { folder in
            try await Self.ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=2:r=44100", "-ac", "2", "-c:a", "pcm_s16le", folder + "/in.wav")
            try Self.convert(folder + "/in.wav", .flac, folder + "/out.flac")
            var sums: [String] = []
            for file in ["in.wav", "out.flac"] {
                sums.append(
                    try await CommandRun.run(
                        "ffmpeg", ["-v", "error", "-i", folder + "/" + file, "-map", "0:a", "-c:a", "pcm_s16le", "-f", "md5", "-"]
                    ).output)
            }
            #expect(sums[0] == sums[1])
        }
    }

    @Test func decodesFloatPlanarAtTheNativeRate() async throws {
        try await Self.inFolder { folder in
            try await Self.ffmpeg("-f", "lavfi", "-i", "sine=f=1000:d=1:r=44100", "-af", "volume=18dB", folder + "/sine.wav")
            let decoder = try MediaReader(path: folder + "/sine.wav").audioDecoder()
            let converter = AudioConverter(to: decoder.format.asFloat)
            var (peak, count) = (Float(0), 0)
            while let frame = try decoder.next() {
                let floats = try converter.convert(frame)
                count += floats.frameCount
                for sample in floats.channel(0) { peak = max(peak, abs(sample)) }
            }
            #expect(count == 44_100)
            #expect(abs(peak - 0.99) < 0.02)
        }
    }

    @Test func filtersAudio() async throws {
        try await Self.inFolder { folder in
            try await Self.ffmpeg("-f", "lavfi", "-i", "sine=f=1000:d=1:r=48000", folder + "/sine.wav")
            let decoder = try MediaReader(path: folder + "/sine.wav").audioDecoder()
            let graph = try FilterGraph("volume=0.5,aformat=sample_fmts=fltp", format: decoder.format)
            var peak = Float(0)
            while let frame = try decoder.next() {
                try graph.push(frame)
                while let filtered = try graph.pull() { for sample in filtered.channel(0) { peak = max(peak, abs(sample)) } }
            }
            #expect(abs(peak - 0.0625) < 0.005)
            #expect(throws: MediaError.self) { try FilterGraph("nonsense=1", format: decoder.format) }
        }
    }

    @Test(arguments: [
        ("letter.wav", "Dear all, this is no recording."),
        ("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n"),
        ("script.wav", "ffconcat version 1.0\nfile '/etc/hostname'\n"),
        ("session.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n"),
    ])
    func refusesWhatIsNoMedia(_ name: String, _ text: String) async throws {
        try await Self.inFolder { folder in
            let path = folder + "/" + name
            try #require(FileManager.default.createFile(atPath: path, contents: Data(text.utf8)))
            #expect(throws: MediaError.self) { try MediaReader(path: path) }
        }
    }

    @Test func refusesEmptyFilesAndHugePictures() async throws {
        try await Self.inFolder { folder in
            try #require(FileManager.default.createFile(atPath: folder + "/empty.wav", contents: Data()))
            #expect(throws: MediaError.empty) { try MediaReader(path: folder + "/empty.wav") }
            try await Self.ffmpeg("-f", "lavfi", "-i", "color=s=8000x6000", "-frames:v", "1", folder + "/huge.jpg")
            try await Self.ffmpeg(
                "-f", "lavfi", "-i", "sine=d=1", "-i", folder + "/huge.jpg", "-map", "0", "-map", "1", "-c:v", "copy",
                "-disposition:v", "attached_pic",
                folder + "/bomb.mp3")
            // The sound is there; a picture too large to look at is not carried on.
            #expect(try MediaReader(path: folder + "/bomb.mp3").coverArt == nil)
        }
    }

    /// Some kilobytes that would be days of sound.
    @Test func refusesSoundWithoutEnd() async throws {
        try await Self.inFolder { folder in
            let path = folder + "/bomb.flac"
            try await Self.ffmpeg(
                "-f", "lavfi", "-i", "anullsrc=r=1000:cl=mono", "-t", "200000", "-frame_size", "16384", path)
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            #expect(size < 1_000_000)
            #expect { try MediaReader(path: path).audioDecoder() } throws: { ($0 as? MediaError)?.code == "media-limit-exceeded" }
            // A header that tells of one second helps as little.
            var limits = MediaLimits()
            limits.duration = 60
            try await Self.ffmpeg("-i", path, "-t", "90", folder + "/short.flac")
            var bytes = try Data(contentsOf: URL(filePath: folder + "/short.flac"))
            // STREAMINFO: 36 bits of samples end at byte 26.
            bytes.replaceSubrange(21..<26, with: [bytes[21] & 0xF0, 0, 0, 0x03, 0xE8])
            try bytes.write(to: URL(filePath: folder + "/lie.flac"))
            #expect {
                let decoder = try MediaReader(path: folder + "/lie.flac", limits: limits).audioDecoder()
                while try decoder.next() != nil {}
            } throws: {
                ($0 as? MediaError)?.code == "media-limit-exceeded"
            }
        }
    }

    @Test func videoWithoutSoundHasNoAudio() async throws {
        try await Self.inFolder { folder in
            try await Self.ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=64x64", folder + "/mute.mp4")
            let reader = try MediaReader(path: folder + "/mute.mp4")
            #expect(throws: MediaError.noAudio) { try reader.audioDecoder() }
        }
    }

    @Test func eightChannelsAt192Kilohertz() async throws {
        try await Self.inFolder { folder in
            try await Self.ffmpeg(
                "-f", "lavfi", "-i", "anoisesrc=d=1:r=192000", "-filter_complex",
                "pan=7.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0|c7=c0", folder + "/wide.wav")
            let reader = try MediaReader(path: folder + "/wide.wav")
            #expect(reader.info.audio.first?.channels == 8)
            #expect(reader.info.audio.first?.sampleRate == 192_000)
            try Self.convert(folder + "/wide.wav", .flac, folder + "/wide.flac")
            #expect(try MediaReader(path: folder + "/wide.flac").info.audio.first?.channels == 8)
        }
    }

    @Test func aFullDiskIsTold() async throws {
        try await Self.inFolder { folder in
            try await Self.ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=20:r=48000", folder + "/in.wav")
            #expect(throws: MediaError.diskFull) { try Self.convert(folder + "/in.wav", .wav, "/dev/full") }
        }
    }

    /// Every format that tells its length, cut in the middle, near the end, and whole.
    @Test(arguments: ["wav", "rf64", "w64", "caf", "aiff", "flac", "mp3", "m4a", "ogg"])
    func aFileThatBreaksOffIsTold(_ format: String) async throws {
        try await Self.inFolder { folder in
            let path = folder + "/in." + (format == "rf64" ? "wav" : format)
            let options =
                ["m4a": ["-movflags", "+faststart"], "rf64": ["-rf64", "always"], "ogg": ["-c:a", "libopus"]][format] ?? []
            let words = ["-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=20:r=48000"] + options + [path]
            try #require(try await CommandRun.run("ffmpeg", words).status == 0)
            let whole = try #require(FileManager.default.contents(atPath: path))
            try Self.convert(path, .wav, folder + "/out.wav")
            for share in [0.5, 0.97] {
                let cut = folder + "/cut-\(share)." + format
                let part = whole.prefix(Int(Double(whole.count) * share))
                try #require(FileManager.default.createFile(atPath: cut, contents: part))
                let error = #expect(throws: MediaError.self) { try Self.convert(cut, .wav, folder + "/out.wav") }
                #expect(error?.code == "media-truncated", "\(String(describing: error))")
                #expect(!FileManager.default.fileExists(atPath: folder + "/out.wav"))
                let decoder = try MediaReader(path: cut).audioDecoder(truncation: .accept)
                while try decoder.next() != nil {}
                #expect(decoder.isTruncated)
            }
        }
    }

    /// Streams leave their sizes open.
    @Test func openSizesAreNoTruncation() async throws {
        try await Self.inFolder { folder in
            let made = try await CommandRun.run(
                "sh", ["-c", "ffmpeg -v error -f lavfi -i anoisesrc=d=2:r=48000 -f wav - > \(folder)/open.wav"])
            try #require(made.status == 0)
            try Self.convert(folder + "/open.wav", .flac, folder + "/out.flac")
            #expect(abs((try MediaReader(path: folder + "/out.flac").info.duration ?? 0) - 2) < 0.01)
        }
    }
}
