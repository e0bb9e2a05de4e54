package import AudioAPI
import AudioText
package import Primitives

/// Which frames of a recording stay, and where each is found in the result.
///
/// Crossfades are centred on the seams: they reach half their length into what is cut on either side. So the result is shorter
/// by exactly what was cut, and a frame that stays moves by exactly what was cut before it.
package struct SplicePlan: Sendable, Hashable {
    /// Something to cut, and why.
    package struct Cut: Sendable, Hashable {
        package enum Reason: String, Sendable, Hashable, CaseIterable { case silence, filler, range }

        package var frames: Range<Int>
        package var reason: Reason

        /// - Parameters: as the properties.
        package init(_ frames: Range<Int>, _ reason: Reason) { (self.frames, self.reason) = (frames, reason) }
    }

    /// Frames of the recording.
    package let total: Int
    /// Hz.
    package let sampleRate: Int
    /// Frames by which neighbours overlap; even.
    package let crossfade: Int
    /// What goes: in order, apart, each at least as long as a crossfade.
    package let cuts: [Cut]
    /// Seconds from the beginning of the recording's file to its first frame; times of the recording in lists count from there.
    package var offset = 0.0

    /// - Parameters:
    ///   - total: frames of the recording.
    ///   - cuts: in any order, overlapping or not. What overlaps or leaves less than a crossfade between becomes one cut with the
    ///     first one's reason; what is shorter than a crossfade is not cut, since it would only be heard.
    ///   - crossfade: frames, made even.
    /// - Throws: `EditError.nothingLeft`.
    package init(total: Int, sampleRate: Int, cuts: [Cut], crossfade: Int) throws(EditError) {
        (self.total, self.sampleRate) = (total, sampleRate)
        let crossfade = max(0, crossfade) / 2 * 2
        self.crossfade = crossfade
        let least = max(1, crossfade)
        var merged: [Cut] = []
        for cut in cuts.sorted(by: { $0.frames.lowerBound < $1.frames.lowerBound }) {
            var frames = cut.frames.clamped(to: 0..<total)
            if frames.lowerBound < least { frames = 0..<frames.upperBound }
            if total - frames.upperBound < least { frames = frames.lowerBound..<total }
            guard cut.frames.count >= least, frames.count >= least else { continue }
            if let last = merged.last, frames.lowerBound - last.frames.upperBound < least {
                merged[merged.count - 1].frames = last.frames.lowerBound..<max(last.frames.upperBound, frames.upperBound)
            } else {
                merged.append(Cut(frames, cut.reason))
            }
        }
        if let only = merged.first, only.frames.count == total { throw .nothingLeft }
        self.cuts = merged
    }

    /// What stays, in order.
    package var kept: [Range<Int>] {
        var kept: [Range<Int>] = []
        var position = 0
        for cut in cuts {
            if cut.frames.lowerBound > position { kept.append(position..<cut.frames.lowerBound) }
            position = cut.frames.upperBound
        }
        if position < total || total == 0 { kept.append(position..<total) }
        return kept
    }

    /// What stays with the crossfades' share of what goes: what a `Splicer` takes.
    package var audible: [Range<Int>] {
        let kept = kept
        return kept.enumerated().map { index, range in
            let before = index == 0 ? 0 : crossfade / 2
            let after = index == kept.count - 1 ? 0 : crossfade / 2
            return range.lowerBound - before..<range.upperBound + after
        }
    }

    /// Frames of the result.
    package var outputFrames: Int { total - cuts.reduce(0) { $0 + $1.frames.count } }

    /// The list as a document whose times map the recording to the result; it can be given back as a `RangeDocument`.
    package var document: JSONValue {
        func seconds(_ frame: Int) -> JSONValue { .number(Double(frame) / Double(sampleRate)) }
        func range(_ frames: Range<Int>) -> [String: JSONValue] {
            [
                "start_seconds": .number(offset + Double(frames.lowerBound) / Double(sampleRate)),
                "end_seconds": .number(offset + Double(frames.upperBound) / Double(sampleRate)),
                "start_frame": JSONValue(frames.lowerBound), "end_frame": JSONValue(frames.upperBound),
            ]
        }
        var removed = 0
        var previous = 0
        let keep = kept.map { frames -> JSONValue in
            removed += frames.lowerBound - previous
            previous = frames.upperBound
            var entry = range(frames)
            entry["result_start_frame"] = JSONValue(frames.lowerBound - removed)
            entry["result_start_seconds"] = seconds(frames.lowerBound - removed)
            return .object(entry)
        }
        let remove = cuts.map { cut -> JSONValue in
            var entry = range(cut.frames)
            entry["reason"] = .string(cut.reason.rawValue)
            return .object(entry)
        }
        return [
            "sample_rate_hz": JSONValue(sampleRate), "duration_seconds": seconds(total),
            "result_duration_seconds": seconds(outputFrames), "crossfade_seconds": seconds(crossfade), "keep": .array(keep),
            "remove": .array(remove),
        ]
    }

    /// A transcript of the recording with the times of the result; words that were cut are gone.
    package func edited(_ transcript: Transcript) -> Transcript {
        let rate = Double(sampleRate)
        let ranges = cuts.map {
            TimeRange(start: Double($0.frames.lowerBound) / rate, end: Double($0.frames.upperBound) / rate)
        }
        var list = transcript
        list.duration = Double(total) / rate
        return EditList(duration: list.duration, cuts: ranges, crossfade: 0, shortestKept: 0.5 / rate).edited(list)
    }
}
