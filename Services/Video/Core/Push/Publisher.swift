import Foundation
import Jobs
import Media
import Primitives

/// Sends a file's packets to an RTMP server, again from the last key frame when the connection breaks.
struct Publisher {
    enum Pace: String, CaseIterable, Sendable {
        case realtime, fastest
    }

    struct Outcome {
        /// Of the video, each counted once.
        var seconds = 0.0
        /// That were sent a second time, from key frames on.
        var repeatedSeconds = 0.0
        var bytes: Int64 = 0
        var reconnects = 0
    }

    let path: String
    let target: PushTarget
    let key: String
    let port: PeerPort
    let pace: Pace
    /// Attempts in a row that may bring nothing.
    let retry: RetryPolicy
    /// How long the server may take nothing, seconds.
    let patience: Double

    /// What RTMP carries of a file.
    static func isWanted(_ stream: PacketReader.Stream) -> Bool { stream.kind != .subtitles }

    /// Whether the file can go out as it is.
    static func canCopy(_ path: String) throws(MediaError) -> Bool {
        let reader = try PacketReader(path: path, where: isWanted)
        guard let video = reader.streams.first(where: { $0.kind == .video }) else { throw .noVideo }
        let audio = reader.streams.first { $0.kind == .audio }
        return video.codec == "h264" && (audio.map { ["aac", "mp3"].contains($0.codec) } ?? true)
    }

    /// - Parameter progress: called with the fraction sent.
    /// - Throws: `MediaError` of the file, `PushError`, the peer's `JobProblem` that no attempt can change.
    func run(progress: (Double) -> Void) throws -> Outcome {
        var outcome = Outcome()
        var (resume, reached, vain, attempts): (Double?, Double, Int, Int) = (nil, 0, 0, 0)
        while true {
            attempts += 1
            let attempt = Attempt(from: resume)
            do {
                try send(attempt, progress)
                outcome.add(attempt, reached: &reached)
                return outcome
            } catch {
                outcome.add(attempt, reached: &reached)
                if let problem = port.lastProblem, !problem.isRetriable { throw problem }
                guard attempt.isBroken else { throw error }
                vain = attempt.keyFrame.map { $0 > resume ?? -.infinity } == true ? 1 : vain + 1
                guard vain < retry.maximumAttempts else {
                    if let problem = port.lastProblem { throw problem }
                    throw PushError.brokenOff(attempts: vain, atSeconds: reached)
                }
                resume = attempt.keyFrame ?? resume
                outcome.reconnects += 1
                Thread.sleep(forTimeInterval: retry.delay(beforeAttempt: vain + 1).seconds)
            }
        }
    }

    /// One connection.
    final class Attempt {
        /// By the file's own clock; `nil` for the beginning.
        let start: Double?
        /// Where the last group of pictures that began to go out begins.
        var keyFrame: Double?
        /// Seconds from the file's beginning to where the first and the last packet are.
        var span: ClosedRange<Double>?
        var bytes: Int64 = 0
        /// Whether it was the connection that failed.
        var isBroken = false

        init(from start: Double?) { self.start = start }
    }

    private func send(_ attempt: Attempt, _ progress: (Double) -> Void) throws(MediaError) {
        let reader = try PacketReader(path: path, where: Self.isWanted)
        let wanted = [PacketReader.Stream.Kind.video, .audio].compactMap { kind in reader.streams.first { $0.kind == kind } }
        if let start = attempt.start { try reader.seek(to: start) }
        attempt.isBroken = true
        let writer = try MediaWriter(
            rtmpPort: port.number, application: target.application, key: key, address: target.url,
            patience: Int(patience * 1_000_000))
        attempt.isBroken = false
        defer { attempt.bytes = writer.bytesSent }
        var tracks: [Int: MediaWriter.Track] = [:]
        for stream in wanted { tracks[stream.index] = try writer.addCopy(of: stream, from: reader) }
        let (clock, length) = (ContinuousClock.now, max(reader.info.duration ?? 0, 0.001))
        var begin: Double?
        while let packet = try reader.next() {
            guard let track = tracks[packet.stream] else { continue }
            let isVideo = wanted[0].index == packet.stream
            let time = packet.decodeTime ?? 0
            // Behind the key frame, sound from before it would come a second time.
            if let start = attempt.start, begin == nil, !isVideo || !packet.isKeyFrame || (packet.time ?? 0) < start - 0.001 {
                continue
            }
            if begin == nil { begin = time }
            if pace == .realtime, let begin {
                let due = clock + .seconds(time - begin)
                if due > .now { Thread.sleep(forTimeInterval: (due - .now).seconds) }
            }
            let (end, isKey, shown) = (time - reader.start + packet.duration, isVideo && packet.isKeyFrame, packet.time)
            attempt.isBroken = true
            try writer.write(packet, to: track, shiftedBy: -reader.start)
            attempt.isBroken = false
            if isKey { attempt.keyFrame = shown }
            let first = attempt.span?.lowerBound ?? max(0, (begin ?? time) - reader.start)
            attempt.span = first...max(end, attempt.span?.upperBound ?? first, first)
            progress(min(1, end / length))
        }
        attempt.isBroken = true
        try writer.finish()
        attempt.isBroken = false
    }
}

extension Publisher.Outcome {
    /// - Parameter reached: how far earlier attempts came, seconds.
    fileprivate mutating func add(_ attempt: Publisher.Attempt, reached: inout Double) {
        bytes += attempt.bytes
        guard let span = attempt.span else { return }
        seconds += max(0, span.upperBound - max(span.lowerBound, reached))
        repeatedSeconds += max(0, min(reached, span.upperBound) - span.lowerBound)
        reached = max(reached, span.upperBound)
    }
}
