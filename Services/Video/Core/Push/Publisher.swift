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
        /// Pictures that were sent, those a second time as well.
        var frames = 0
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
        guard video.codec == "h264" else { return false }
        switch audio?.codec {
        case nil, "aac": break
        // The only rates that FLV has a number for (Adobe's FLV specification 10.1, E.4.2.1).
        case "mp3":
            let rate = reader.info.audio.first { $0.index == audio?.index }?.sampleRate
            guard [11_025, 22_050, 44_100].contains(rate) else { return false }
        default: return false
        }
        // Pictures that come in another order than they are shown need both times.
        var count = 0
        while count < Self.judgedPackets, let packet = try reader.next() {
            guard packet.stream == video.index || packet.stream == audio?.index else { continue }
            guard packet.hasTime else { return false }
            count += 1
        }
        return true
    }

    /// Packets whose times are looked at.
    private static let judgedPackets = 500

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
                // What the server has taken is known when its connection is over.
                _ = port.finish(within: min(patience, Self.farewell))
                outcome.add(attempt, reached: &reached)
                if let problem = port.lastProblem, !problem.isRetriable { throw problem }
                guard attempt.isBroken else { throw error }
                let keyFrame = attempt.lastKeyFrame(taken: port.lastTaken ?? attempt.wireBytes - PeerPort.maximumHeld)
                vain = keyFrame.map { $0 > resume ?? -.infinity } == true ? 1 : vain + 1
                guard vain < retry.maximumAttempts else {
                    // It may be tried again, which what has begun may not.
                    if reached == 0, let problem = port.lastProblem { throw problem }
                    throw PushError.brokenOff(attempts: vain, atSeconds: reached)
                }
                resume = keyFrame ?? resume
                outcome.reconnects += 1
                Thread.sleep(forTimeInterval: retry.delay(beforeAttempt: vain + 1).seconds)
            }
        }
    }

    /// Longest wait for the end of a connection on which nothing is under way any more, seconds; doors wait for half of it.
    private static let farewell = 2.0

    /// One connection.
    final class Attempt {
        /// By the file's own clock; `nil` for the beginning.
        let start: Double?
        /// Where groups of pictures that went out begin, and the bytes of the connection until then.
        private var keyFrames: [(time: Double, bytes: Int64)] = []
        /// Seconds from the file's beginning to where the first and the last packet are.
        var span: ClosedRange<Double>?
        var bytes: Int64 = 0
        var frames = 0
        /// Bytes that RTMP adds to those of FLV.
        private var overhead: Int64 = 16 << 10
        /// Bytes of the connection, rather too many.
        var wireBytes: Int64 { bytes + overhead }
        /// Whether it was the connection that failed.
        var isBroken = false

        init(from start: Double?) { self.start = start }

        /// Counts a packet that has gone out.
        /// - Parameters:
        ///   - keyFrame: when it is shown, if a group of pictures begins with it.
        ///   - size: its bytes.
        func add(keyFrame: Double?, size: Int) {
            // A header of 8 bytes takes the place of a tag's 15; each 128 bytes are a chunk with a byte before it. (Adobe's RTMP
            // specification 1.0, 5.3.1; libavformat does not ask for larger chunks.)
            overhead += Int64(size / 128) - 6
            if let keyFrame { keyFrames.append((keyFrame, wireBytes)) }
        }

        /// Where to go on, so that nothing is left out.
        /// - Parameter taken: bytes of the connection that have arrived.
        func lastKeyFrame(taken: Int64) -> Double? { keyFrames.last { $0.bytes <= taken }?.time }
    }

    private func send(_ attempt: Attempt, _ progress: (Double) -> Void) throws(MediaError) {
        let reader = try PacketReader(path: path, where: Self.isWanted)
        let wanted = [PacketReader.Stream.Kind.video, .audio].compactMap { kind in reader.streams.first { $0.kind == kind } }
        if let start = attempt.start { try reader.seek(to: start) }
        attempt.isBroken = true
        let writer = try MediaWriter(
            rtmpPort: port.number, application: target.application, key: key, address: target.url,
            patience: Int(patience * 1_000_000), bufferSize: PeerPort.bufferSize)
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
            let (end, isKey, shown, size) = (
                time - reader.start + packet.duration, isVideo && packet.isKeyFrame, packet.time, packet.size
            )
            do { try writer.write(packet, to: track, shiftedBy: -reader.start) } catch {
                attempt.isBroken = writer.hasLostOutput
                throw error
            }
            attempt.bytes = writer.bytesSent
            attempt.frames += isVideo ? 1 : 0
            attempt.add(keyFrame: isKey ? shown : nil, size: size)
            let first = attempt.span?.lowerBound ?? max(0, (begin ?? time) - reader.start)
            attempt.span = first...max(end, attempt.span?.upperBound ?? first, first)
            progress(min(1, end / length))
        }
        do { try writer.finish() } catch {
            attempt.isBroken = writer.hasLostOutput
            throw error
        }
        guard port.finish(within: patience + Self.farewell) else {
            attempt.isBroken = true
            throw .io(0)
        }
    }
}

extension Publisher.Outcome {
    /// - Parameter reached: how far earlier attempts came, seconds.
    fileprivate mutating func add(_ attempt: Publisher.Attempt, reached: inout Double) {
        (bytes, frames) = (bytes + attempt.bytes, frames + attempt.frames)
        guard let span = attempt.span else { return }
        seconds += max(0, span.upperBound - max(span.lowerBound, reached))
        repeatedSeconds += max(0, min(reached, span.upperBound) - span.lowerBound)
        reached = max(reached, span.upperBound)
    }
}
