import Media
import Primitives

/// When what of a timeline is seen, in whole frames: every place is rounded once, from the document's own seconds.
struct CompositionPlan {
    /// One item's place.
    struct Segment {
        /// Its number in the document.
        let item: Int
        /// Frames of the timeline; the way in is part of it.
        let frames: Range<Int>
        /// Frames in which it comes in, and how; 0 for a cut.
        let entry: Int
        let kind: Composition.Transition.Kind
        /// Whether it comes in over the one before, not over the background.
        let isOverlapping: Bool
    }

    let segments: [Segment]
    /// Of the whole.
    let frames: Int
    let rate: Ratio

    /// - Parameter inputs: the files by the names that the document uses.
    /// - Throws: `CompositionError` naming the place.
    init(_ composition: Composition, inputs: [String: CompositionInput]) throws(CompositionError) {
        let rate = composition.canvas.frameRate
        self.rate = rate
        var segments: [Segment] = []
        for (index, item) in composition.items.enumerated() {
            let path = "video.\(index)"
            let count = rate.frames(try Self.seconds(item, path, inputs))
            guard count > 0 else { throw CompositionError(path, "lasts less than one frame") }
            let end = segments.last?.frames.upperBound ?? 0
            let entry = item.transition.map { max(1, rate.frames($0.duration)) } ?? 0
            let first: Int
            if let start = item.start {
                first = rate.frames(start)
                // Rounded apart, a place and a length may differ by a frame.
                guard first >= end || (entry > 0 && abs(end - first - entry) <= 1) else {
                    throw CompositionError(
                        "\(path).start_s",
                        "overlaps video.\(index - 1), which ends at \((Double(end) / rate.value).rounded(decimals: 3)) s"
                            + (entry > 0 ? "; an overlap must be as long as the transition" : ""))
                }
            } else {
                first = segments.isEmpty ? 0 : end - entry
            }
            let overlap = max(0, end - first)
            let length = overlap > 0 ? overlap : entry
            guard length <= count else {
                throw CompositionError("\(path).transition", "lasts longer than what it brings in")
            }
            if overlap > 0, let last = segments.last, last.frames.count - last.entry < overlap {
                throw CompositionError(
                    "\(path).transition",
                    "overlaps itself with video.\(index - 1): that is shorter than the transitions at its ends")
            }
            segments.append(
                Segment(
                    item: index, frames: first..<first + count, entry: length, kind: item.transition?.kind ?? .crossfade,
                    isOverlapping: overlap > 0))
        }
        self.segments = segments
        frames = segments.last?.frames.upperBound ?? 0
        guard Double(frames) / rate.value <= Composition.longest else { throw CompositionError("", "is longer than a day") }
    }

    /// Seconds that an item is seen.
    private static func seconds(
        _ item: Composition.Item, _ path: String, _ inputs: [String: CompositionInput]
    ) throws(CompositionError) -> Double {
        guard case .clip(let file, let from, let to) = item.picture else { return item.duration ?? 0 }
        guard let input = inputs[file] else {
            throw CompositionError("\(path).clip", "names \(file), which is not among the inputs")
        }
        guard let end = input.videoEnd else {
            guard let to else { throw CompositionError("\(path).out_s", "has to be there: the video does not tell how long it is") }
            return to - from
        }
        // The end that headers tell is rounded.
        let spare = 0.1
        guard from < end else {
            throw CompositionError("\(path).in_s", "lies after the end of \(file) at \(end.rounded(decimals: 3)) s")
        }
        if let to, to > end + spare {
            throw CompositionError("\(path).out_s", "lies after the end of \(file) at \(end.rounded(decimals: 3)) s")
        }
        return (to ?? end) - from
    }
}

extension Ratio {
    /// The number of the frame whose time is nearest.
    func frames(_ seconds: Double) -> Int { Int((seconds * Double(numerator) / Double(denominator)).rounded()) }

    /// How many samples there are before a frame, counted as whole numbers so that nothing adds up over hours.
    func samples(before frame: Int, sampleRate: Int) -> Int {
        let (product, above) = (frame * denominator, numerator)
        return (product * sampleRate * 2 + above) / (2 * above)
    }
}
