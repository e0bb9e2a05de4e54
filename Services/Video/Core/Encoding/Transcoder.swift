import FoundationEssentials
import Glibc
import Jobs
import Media
import Primitives

/// Makes one file of another in one pass, or in two where a size or rate is to be met well.
struct Transcoder {
    let path: String
    let preset: PlatformPreset
    let encoding: EncodingWishes
    var wishes: VideoChain.Wishes
    /// Bits per second on average that two passes meet; `nil` for one pass.
    var twoPassRate: Int?

    struct Outcome {
        let rendition: Rendition.Outcome
        let document: [String: JSONValue]
    }

    /// - Parameter output: where the file goes.
    /// - Throws: `MediaError`, `VideoError`.
    func run(to output: String, container: MediaContainer, progress: (Double, String) -> Void) throws -> Outcome {
        guard let rate = twoPassRate else {
            return try pass(output, container, encoding.videoTarget(preset)) { progress($0, "encoding") }
        }
        let statistics = output + ".statistics"
        defer {
            for suffix in ["", ".mbtree", ".cutree", ".temp", ".mbtree.temp", ".cutree.temp"] { unlink(statistics + suffix) }
        }
        try measure(container, encoding.videoTarget(preset, .firstPass(bitRate: rate, statistics: statistics))) {
            progress($0 * 0.45, "measuring")
        }
        let target = encoding.videoTarget(preset, .secondPass(bitRate: rate, statistics: statistics))
        return try pass(output, container, target) { progress(0.45 + $0 * 0.55, "encoding") }
    }

    /// What every pass has in common: the chain, and the target as this source makes it.
    static func complete(
        _ target: VideoTarget, _ wishes: VideoChain.Wishes, _ source: FrameSource
    ) throws(VideoError) -> (chain: VideoChain, target: VideoTarget) {
        let chain = VideoChain(source, codec: target.codec, wishes)
        guard chain.size.width * chain.size.height <= 36_000_000 else {
            throw .tooLarge(chain.size.width, chain.size.height)
        }
        var target = target
        target.pixelFormat = chain.pixelFormat
        target.color = chain.color
        target.mastering = chain.isToneMapped ? nil : source.mastering
        target.frameRate = wishes.frameRate ?? source.frameRate
        // These profiles are of eight bits.
        if chain.pixelFormat.contains("10") { target.profile = nil }
        return (chain, target)
    }

    /// Sound that is taken over as it is: by wish, or because the preset leaves it alone and the container holds it.
    private func copiedSound(in container: MediaContainer) throws(MediaError) -> PacketReader? {
        let isLeftAlone =
            encoding.sound == .auto && encoding.soundRate == nil && preset.audioRate == nil && container == .mkv
        guard encoding.sound == .copy || isLeftAlone else { return nil }
        do {
            let packets = try EncodedSource.soundPackets(path)
            let isHeld = packets.streams.first.map { container.holds($0, from: packets) } ?? false
            return isHeld || encoding.sound == .copy ? packets : nil
        } catch MediaError.noAudio {
            return nil
        }
    }

    private func pass(
        _ output: String, _ container: MediaContainer, _ wanted: VideoTarget, progress: (Double) -> Void
    ) throws -> Outcome {
        let copied = try copiedSound(in: container)
        let wantsSound = encoding.sound != .none && encoding.sound != .copy && copied == nil
        let pass = try MediaPass(path: path, wantsAudio: wantsSound)
        guard let source = pass.video else { throw MediaError.noVideo }
        let (chain, target) = try Self.complete(wanted, wishes, source)
        let sound = pass.audio.flatMap { encoding.audioTarget($0.format, container, preset) }
        let audio: Rendition.Audio = copied.map { .copied($0) } ?? sound.map { .encoded($0, filters: "") } ?? .none
        let writer = try MediaWriter(path: output, container: container)
        writer.tag(source.info.tags, chapters: source.info.chapters)
        let rendition = try Rendition(
            writer, source: source, video: .init(filters: chain.description, target: target), audio: audio)
        var heard = 0.0
        try pass.run {
            try rendition.take($0)
        } onSound: { samples in
            try rendition.take(samples, from: heard)
            heard += Double(samples.frameCount) / Double(samples.format.sampleRate)
        } progress: {
            progress($0)
        }
        let outcome = try rendition.finish()
        var document = EncodedSource.document(outcome, chain, target, audio: sound, isCopy: copied != nil)
        document["clock_jumps"] = JSONValue(source.clockJumps)
        document["damaged_packets"] = JSONValue(source.damagedPackets)
        return Outcome(rendition: outcome, document: document)
    }

    private func measure(_ container: MediaContainer, _ wanted: VideoTarget, progress: (Double) -> Void) throws {
        let pass = try MediaPass(path: path, wantsAudio: false)
        guard let source = pass.video else { throw MediaError.noVideo }
        let (chain, target) = try Self.complete(wanted, wishes, source)
        let graph =
            chain.description.isEmpty
            ? nil : try VideoFilterGraph(chain.description, format: source.format, threads: 2)
        let encoder = try FirstPassEncoder(target, format: graph?.output ?? source.format, container: container)
        try pass.run { frame in
            guard let graph else { return try encoder.write(frame) }
            try graph.push(frame)
            while let filtered = try graph.pull() { try encoder.write(filtered) }
        } progress: {
            progress($0)
        }
        try graph?.push(nil)
        while let filtered = try graph?.pull() { try encoder.write(filtered) }
        try encoder.finish()
    }
}
