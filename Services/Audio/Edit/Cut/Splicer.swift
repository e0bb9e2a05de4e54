import Glibc

/// Joins the parts of a recording that stay, with crossfades of equal power.
///
/// At a seam the last frames of one part and the first of the next sound together, weighted by the cosine and the sine of the
/// same angle: parts that have nothing to do with each other keep their power (K. Pohlmann, "Principles of Digital Audio",
/// chapter on editing). Where the recording does not begin or end by itself, the outermost parts are faded alike. The result does
/// not depend on how the input is cut into blocks.
package final class Splicer {
    private let kept: [Range<Int>]
    private let fade: [Float]
    private let total: Int
    /// The part that is due.
    private var part = 0
    /// Frames of the input so far.
    private var position = 0
    /// The last frames of the part before, by channel.
    private var tail: [[Float]]

    /// - Parameters:
    ///   - kept: the frames that stay, in order and apart; each has room for its crossfades.
    ///   - crossfade: frames by which neighbours overlap.
    ///   - total: frames of the recording.
    package init(kept: [Range<Int>], crossfade: Int, total: Int, channels: Int) {
        (self.kept, self.total) = (kept, total)
        fade = (0..<max(0, crossfade)).map { Float(sin(.pi / 2 * (Double($0) + 0.5) / Double(crossfade))) }
        tail = Array(repeating: [Float](repeating: 0, count: max(0, crossfade)), count: channels)
    }

    /// Frames of the result.
    package var outputFrames: Int { kept.reduce(0) { $0 + $1.count } - fade.count * max(0, kept.count - 1) }

    /// Takes the next frames.
    /// - Parameters:
    ///   - planes: one buffer for each channel, all of the same length.
    ///   - emit: called with parts of the result, by channel.
    /// - Throws: what `emit` throws.
    package func process(_ planes: [UnsafeBufferPointer<Float>], emit: ([[Float]]) throws -> Void) throws {
        let count = planes.first?.count ?? 0
        let base = position
        var done = 0
        while part < kept.count, done < count {
            let range = kept[part]
            let start = max(base + done, range.lowerBound)
            let end = min(base + count, range.upperBound)
            guard start < end else { break }
            try take(planes.map { UnsafeBufferPointer(rebasing: $0[start - base..<end - base]) }, at: start, of: range, emit)
            done = end - base
            if end == range.upperBound { part += 1 }
        }
        position = base + count
    }

    /// - Parameter start: the number of the first frame in the recording.
    private func take(
        _ planes: [UnsafeBufferPointer<Float>], at start: Int, of range: Range<Int>, _ emit: ([[Float]]) throws -> Void
    ) throws {
        var out = planes.map(Array.init)
        let isFirst = part == 0
        let isLast = part == kept.count - 1
        if !isFirst || range.lowerBound > 0 {
            // The head: faded in over the tail of the part before, which is silence for the first one.
            for index in 0..<max(0, min(out[0].count, range.lowerBound + fade.count - start)) {
                let place = start - range.lowerBound + index
                for channel in out.indices { out[channel][index] = out[channel][index] * fade[place] + tail[channel][place] }
            }
        }
        guard !isLast || range.upperBound < total else { return try emit(out) }
        let held = range.upperBound - fade.count
        for index in max(0, held - start)..<max(out[0].count, max(0, held - start)) {
            let place = start + index - held
            for channel in out.indices { out[channel][index] *= fade[fade.count - 1 - place] }
        }
        if isLast { return try emit(out) }
        let passing = min(out[0].count, max(0, held - start))
        for channel in out.indices {
            for index in passing..<out[0].count { tail[channel][start + index - held] = out[channel][index] }
        }
        if passing > 0 { try emit(out.map { Array($0.prefix(passing)) }) }
    }
}
