import Media
import VideoText

/// Makes the frames of a timeline: what is seen, how it changes over, and the text above.
///
/// Nothing is done twice: pictures that stand still are the same object from frame to frame, two are blended only while both are
/// seen, and text is drawn when it changes.
final class Compositor {
    private let plan: CompositionPlan
    private let composition: Composition
    private let inputs: [String: CompositionInput]
    private let text: TextRenderer?
    private let background: ColorPictures
    private let pool: PicturePool
    private var sources: [Int: any PictureSource] = [:]
    private var first = 0
    /// What tells one picture from the next: its item, and how often that has changed. Samples come and go in the same memory.
    private struct Key: Equatable {
        let segment: Int
        let version: Int
    }

    /// Of the picture that is being made; `nil` when it is blended for this frame alone.
    private var seen: Key?
    private var last: (key: Key?, layer: TextLayer?, whole: VideoFrame)?
    /// Frames that were blended of two, and those that are the same as the one before.
    private(set) var blended = 0
    private(set) var repeated = 0

    /// - Parameter text: draws on the canvas; `nil` without text.
    /// - Throws: `MediaError`.
    init(
        _ composition: Composition, plan: CompositionPlan, inputs: [String: CompositionInput], text: TextRenderer?
    ) throws(MediaError) {
        (self.composition, self.plan, self.inputs, self.text) = (composition, plan, inputs, text)
        background = try ColorPictures(composition.canvas.background, canvas: composition.canvas)
        pool = PicturePool(composition.canvas)
    }

    /// - Parameter number: of the frame; frames are asked for in order.
    /// - Throws: `MediaError`.
    func frame(_ number: Int) throws -> VideoFrame {
        let rate = plan.rate
        let time = Double(number * rate.denominator) / Double(rate.numerator)
        let base = try picture(number)
        // Half a millisecond of grace: text counts hundredths of a second, and frames lie between them.
        let layer = text?.layer(at: time + 0.0005)
        let whole: VideoFrame
        if let last, let seen, last.key == seen, last.layer === layer {
            whole = last.whole
            repeated += 1
        } else if let layer {
            whole = try pool.take(except: [base])
            whole.copy(base, rows: 0..<base.height, columns: 0..<base.width)
            layer.draw(on: whole)
        } else {
            whole = base
        }
        last = (seen, layer, whole)
        return try whole.at(time, timeBase: Ratio(rate.denominator, rate.numerator), index: number)
    }

    private func picture(_ number: Int) throws -> VideoFrame {
        seen = Key(segment: -1, version: 0)
        while first < plan.segments.count, plan.segments[first].frames.upperBound <= number {
            sources[first] = nil
            first += 1
        }
        let before = blended
        guard first < plan.segments.count, plan.segments[first].frames.contains(number) else { return background.picture(0) }
        var picture = try shown(first, number)
        let segment = plan.segments[first]
        let progress = number - segment.frames.lowerBound
        if !segment.isOverlapping, progress < segment.entry {
            picture = try mix(background.picture(0), picture, segment.kind, progress, segment.entry)
        }
        let next = first + 1
        if next < plan.segments.count, plan.segments[next].frames.contains(number) {
            let incoming = plan.segments[next]
            picture = try mix(picture, shown(next, number), incoming.kind, number - incoming.frames.lowerBound, incoming.entry)
        }
        let ending = plan.rate.frames(composition.endFade)
        if ending > 0, number >= plan.frames - ending {
            picture = try mix(picture, background.picture(0), .crossfade, number - plan.frames + ending, ending)
        }
        if blended > before { seen = nil }
        return picture
    }

    private func shown(_ index: Int, _ number: Int) throws -> VideoFrame {
        let segment = plan.segments[index]
        let source = try sources[index] ?? open(segment)
        sources[index] = source
        let picture = try source.picture(number - segment.frames.lowerBound)
        seen = Key(segment: index, version: source.version)
        return picture
    }

    private func open(_ segment: CompositionPlan.Segment) throws(MediaError) -> any PictureSource {
        let (item, canvas) = (composition.items[segment.item], composition.canvas)
        switch item.picture {
        case .color(let color): return try ColorPictures(color, canvas: canvas)
        case .still(let file, nil): return try StillPictures(path: path(file), canvas: canvas, fit: item.fit)
        case .still(let file, let motion?):
            return try MovingStill(path: path(file), canvas: canvas, fit: item.fit, motion: motion, frames: segment.frames.count)
        case .clip(let file, let from, _): return try ClipPictures(path: path(file), from: from, canvas: canvas, fit: item.fit)
        }
    }

    private func path(_ file: String) -> String { inputs[file]?.path ?? "" }

    /// - Parameters:
    ///   - step: frames since the change began.
    ///   - length: frames that it takes.
    private func mix(
        _ from: VideoFrame, _ to: VideoFrame, _ kind: Composition.Transition.Kind, _ step: Int, _ length: Int
    ) throws(MediaError) -> VideoFrame {
        let weight = (Double(step) + 0.5) / Double(length)
        let made = try pool.take(except: [from, to])
        blended += 1
        let (width, height) = (made.width, made.height)
        func edge(_ side: Int, _ part: Double) -> Int { Int((Double(side) * part / 2).rounded()) * 2 }
        func wipe(_ incoming: (rows: Range<Int>, columns: Range<Int>)) {
            made.copy(from, rows: 0..<height, columns: 0..<width)
            made.copy(to, rows: incoming.rows, columns: incoming.columns)
        }
        switch kind {
        case .crossfade: made.blend(from, to, weight: Int((weight * 256).rounded()))
        case .fade:
            let color = background.picture(0)
            if weight < 0.5 {
                made.blend(from, color, weight: Int((weight * 512).rounded()))
            } else {
                made.blend(color, to, weight: Int((weight * 512).rounded()) - 256)
            }
        case .wipeRight: wipe((0..<height, 0..<edge(width, weight)))
        case .wipeLeft: wipe((0..<height, edge(width, 1 - weight)..<width))
        case .wipeDown: wipe((0..<edge(height, weight), 0..<width))
        case .wipeUp: wipe((edge(height, 1 - weight)..<height, 0..<width))
        }
        return made
    }
}
