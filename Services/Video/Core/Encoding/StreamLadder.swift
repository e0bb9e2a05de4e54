import FoundationEssentials
import Glibc
import Jobs
import Media
import Primitives

/// A video for streaming over HTTP (HLS, RFC 8216): several sizes from one pass, the sound once, and the playlist of all.
struct StreamLadder {
    /// Heights and bits per second that are never exceeded. Source: Apple, "HLS Authoring Specification for Apple Devices", the
    /// table of video bit rates for H.264.
    private static let rates = [
        (2160, 16_800_000), (1440, 11_600_000), (1080, 7_800_000), (720, 4_500_000), (540, 3_000_000), (432, 2_000_000),
        (360, 1_100_000), (270, 365_000), (0, 145_000),
    ]

    let path: String
    let folder: String
    let preset: PlatformPreset
    let encoding: EncodingWishes
    let wishes: VideoChain.Wishes
    let kind: StreamSegment
    /// Seconds.
    let segment: Double
    /// Rows of each size, without repetition.
    let heights: [Int]

    struct Outcome {
        /// The master playlist first.
        let names: [String]
        let documents: [JSONValue]
    }

    private struct Rung {
        let name: String
        let chain: VideoChain
        let target: VideoTarget
        let rendition: Rendition
    }

    func run(progress: (Double) -> Void) throws -> Outcome {
        let pass = try MediaPass(path: path, wantsAudio: encoding.sound != .none)
        guard let source = pass.video else { throw MediaError.noVideo }
        let rungs = try rungs(source)
        let sound = try pass.audio.flatMap { source in
            try encoding.audioTarget(source.format, .fragmented, preset).map { target in
                let writer = try MediaWriter(segmentsIn: folder, named: "audio", kind: kind, seconds: segment)
                return (target, try Rendition(writer, source: nil, video: nil, audio: .encoded(target, filters: "")))
            }
        }
        var heard = 0.0
        let crew = RenditionCrew(rungs.map(\.rendition))
        try pass.run { frame in
            try crew.take(frame)
        } onSound: { samples in
            try sound?.1.take(samples, from: heard)
            heard += Double(samples.frameCount) / Double(samples.format.sampleRate)
        } progress: {
            progress($0)
        }
        var (documents, names, entries) = ([JSONValue](), [String](), [String]())
        let soundOutcome = try sound?.1.finish()
        for rung in rungs {
            let outcome = try rung.rendition.finish()
            documents.append(.object(EncodedSource.document(outcome, rung.chain, rung.target, audio: nil, isCopy: false)))
            names += rung.rendition.writer.segmentNames
            entries.append(try entry(rung, outcome, sound?.0))
        }
        if let sound, let soundOutcome {
            documents.append(.object(EncodedSource.document(soundOutcome, nil, nil, audio: sound.0, isCopy: false)))
            names += sound.1.writer.segmentNames
        }
        var master = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        if let sound {
            master += "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Sound\",DEFAULT=YES,AUTOSELECT=YES,"
            master += "CHANNELS=\"\(sound.0.channels)\",URI=\"audio.m3u8\"\n"
        }
        let list = try JobOutput.File.write(
            Bytes((master + entries.joined()).utf8), to: folder, named: "master.m3u8", mediaType: "application/vnd.apple.mpegurl")
        return Outcome(names: [list.name] + names, documents: documents)
    }

    private func rungs(_ source: FrameSource) throws -> [Rung] {
        let shown = VideoChain.shown(source)
        // Rows are those of the shorter side: an upright 720 is 720 pixels wide.
        let isUpright = shown.height > shown.width
        var sizes = Set<PictureSize>()
        var rungs: [Rung] = []
        for height in heights.sorted(by: >) {
            var wishes = wishes
            (wishes.width, wishes.height) = isUpright ? (height, nil) : (nil, height)
            // Else colours might change when a player goes from one size to another.
            wishes.tellsColor = true
            var wanted = encoding.videoTarget(preset)
            wanted.keyFrameEvery = segment
            wanted.highestRate = encoding.bitRate ?? Self.rates.first { height >= $0.0 }?.1
            let (chain, target) = try Transcoder.complete(wanted, wishes, source)
            // What would be larger than the source is the source's size, once.
            guard sizes.insert(chain.size).inserted else { continue }
            let name = "video-\(min(chain.size.width, chain.size.height))"
            let writer = try MediaWriter(segmentsIn: folder, named: name, kind: kind, seconds: segment)
            let rendition = try Rendition(
                writer, source: source, video: .init(filters: chain.description, target: target), audio: .none)
            rungs.append(Rung(name: name, chain: chain, target: target, rendition: rendition))
        }
        return rungs
    }

    /// What the master playlist says of one size.
    private func entry(_ rung: Rung, _ outcome: Rendition.Outcome, _ sound: AudioTarget?) throws -> String {
        let seconds = max(0.04, outcome.lastFrame)
        let (pictures, heard) = (Int(Double(outcome.bytes) * 8 / seconds), sound?.bitRate ?? 0)
        let average = pictures + heard
        let peak = max(pictures, try peakRate(rung.name)) + heard
        var text = "#EXT-X-STREAM-INF:BANDWIDTH=\(peak),AVERAGE-BANDWIDTH=\(average)"
        text += ",RESOLUTION=\(rung.chain.size.width)x\(rung.chain.size.height)"
        let names = [rung.rendition.videoCodecName, sound.map { $0.format == .opus ? "opus" : "mp4a.40.2" }].compactMap { $0 }
        if !names.isEmpty { text += ",CODECS=\"\(names.joined(separator: ","))\"" }
        if let rate = rung.target.frameRate { text += ",FRAME-RATE=\(rate.value.rounded(decimals: 3))" }
        if let range = Self.range(rung.chain.color) { text += ",VIDEO-RANGE=\(range)" }
        if sound != nil { text += ",AUDIO=\"sound\"" }
        return text + "\n\(rung.name).m3u8\n"
    }

    /// What playlists call a range of brightness beyond that of usual screens. Source: draft-pantos-hls-rfc8216bis, 4.4.6.2.
    private static func range(_ color: MediaInfo.Color) -> String? {
        switch color.transfer {
        case "smpte2084": "PQ"
        case "arib-std-b67": "HLG"
        default: nil
        }
    }

    /// The bits per second of the largest segment, as the playlist tells how long each is.
    private func peakRate(_ name: String) throws -> Int {
        let lines = String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(name).m3u8")), as: UTF8.self)
            .split(separator: "\n")
        var (peak, seconds) = (0.0, segment)
        for line in lines {
            if line.hasPrefix("#EXTINF:") {
                seconds = Double(line.dropFirst(8).prefix { $0 != "," }) ?? segment
            } else if !line.hasPrefix("#") {
                var status = stat()
                if stat("\(folder)/\(line)", &status) == 0 { peak = max(peak, Double(status.st_size) * 8 / max(0.04, seconds)) }
            }
        }
        return Int(peak)
    }
}
