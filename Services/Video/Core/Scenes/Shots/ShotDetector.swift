/// Finds cuts, dissolves and fades by what a picture is like before and after, not by how much it changes at one place: flashes,
/// where the picture comes back, noise and quick motion are no cuts.
///
/// It tells what it finds some seconds late, for it looks ahead.
package struct ShotDetector: SkimmingDetector {
    package static let measures = ["block_change", "contrast", "brightness"]
    /// Frames a second that the lengths below are meant for.
    private static let usualRate = 25.0
    /// Frames on both sides of a cut that are looked at: longer than flashes.
    private static let reach = 5
    /// How many times as much as its neighbours a cut changes, and how much more.
    private static let (ratio, surplus): (Float, Float) = (2.2, 1.5)
    /// A picture without contrast, dark or bright, is of one colour.
    private static let (plain, dark, bright): (Float, Float, Float) = (9, 40, 215)
    /// Frames of a flash at most.
    private static let longestFlash = 3

    /// Lengths of dissolves that are looked for, frames.
    private let lengths: [Int]
    /// How far one looks ahead for dissolves and fades, frames.
    private let horizon: Int
    private let threshold: Float
    private let shortestScene: Int
    private var pictures: [BlockPicture] = []
    /// The number of the first picture that is kept.
    private var firstKept = 0
    private var changes: [Float] = []
    private var plainRun: ClosedRange<Int>?
    private var isPlainBright = false
    private var fades: [ClosedRange<Int>] = []
    private var cuts: [Int] = []
    private var cluster: [Int] = []
    private var dissolve: (frames: ClosedRange<Int>, doubt: Float)?
    private var found: [Transition] = []
    private var lastTold = 0

    private var count: Int { firstKept + pictures.count }

    /// - Parameters:
    ///   - threshold: mean difference of blocks that a cut is at least, 0 to 255; 7 is usual.
    ///   - shortestScene: frames.
    ///   - frameRate: frames per second.
    package init(threshold: Double, shortestScene: Int, frameRate: Double) {
        let scale = max(0.4, frameRate / Self.usualRate)
        lengths = [12, 16, 24, 32, 40, 48].map { max(4, Int((Double($0) * scale).rounded())) }
        horizon = lengths[lengths.count - 1] + 2 * Self.reach + 4
        (self.threshold, self.shortestScene) = (Float(threshold), shortestScene)
    }

    func isCalm(_ last: AnalysisPicture, _ next: AnalysisPicture) -> Bool {
        BlockPicture(last).distance(to: BlockPicture(next)) < threshold * Float(Self.calmness)
    }

    package mutating func process(_ picture: AnalysisPicture, frame: Int) -> SceneStep {
        let blocks = BlockPicture(picture)
        changes.append(pictures.last?.distance(to: blocks) ?? 0)
        pictures.append(blocks)
        if pictures.count > 2 * horizon + 8 {
            pictures.removeFirst()
            firstKept += 1
        }
        notePlain(blocks)
        lookForCut(at: count - 1 - Self.reach)
        var step = SceneStep(measures: [[Double(changes[count - 1]), Double(blocks.contrast), Double(blocks.brightness)]])
        look(at: count - 1 - horizon, into: &step)
        return step
    }

    package mutating func finish(frames: Int) -> SceneStep {
        var step = SceneStep()
        for frame in max(0, count - Self.reach)..<count { lookForCut(at: frame) }
        closeCluster()
        for frame in max(0, count - 1 - horizon)..<count { look(at: frame, into: &step) }
        settleDissolve()
        tell(before: .max, &step)
        return step
    }

    private func picture(_ frame: Int) -> BlockPicture? {
        frame >= firstKept && frame < count ? pictures[frame - firstKept] : nil
    }

    private func change(_ frame: Int) -> Float { frame > 0 && frame < changes.count ? changes[frame] : 0 }

    private func distance(_ first: Int, _ second: Int) -> Float? {
        guard let first = picture(first), let second = picture(second) else { return nil }
        return first.distance(to: second)
    }

    private mutating func notePlain(_ blocks: BlockPicture) {
        let frame = count - 1
        let isPlain = blocks.contrast < Self.plain && (blocks.brightness < Self.dark || blocks.brightness > Self.bright)
        if isPlain {
            if plainRun == nil { isPlainBright = blocks.brightness > Self.bright }
            plainRun = (plainRun?.lowerBound ?? frame)...frame
        } else if let run = plainRun {
            plainRun = nil
            // What begins in the dark has no scene before it, and a flash is no fade.
            if run.lowerBound > 0, !(isPlainBright && run.count <= Self.longestFlash) { fades.append(run) }
        }
    }

    /// Looks whether a scene begins at a frame with a cut: a change that stands out and stays.
    private mutating func lookForCut(at frame: Int) {
        guard frame >= 3 else { return }
        if let last = cluster.last, frame - last > Self.reach { closeCluster() }
        let change = changes[frame]
        guard change >= threshold else { return }
        let around = (max(1, frame - 4)...min(count - 1, frame + 4)).filter { $0 != frame }.map { changes[$0] }.sorted()
        // Two of the neighbours may be another cut or a flash.
        let quiet = around.dropLast(2)
        let usual = quiet.isEmpty ? 0 : quiet.reduce(0, +) / Float(quiet.count)
        guard change >= Self.ratio * usual + Self.surplus else { return }
        let least = max(threshold, 3 * usual, 0.2 * change)
        for step in 0...Self.reach {
            if let ahead = distance(frame - 1, frame + step), ahead < least { return }
            if let behind = distance(frame - 1 - step, frame), behind < least { return }
        }
        cluster.append(frame)
    }

    /// Several cuts close together are one with flashes about it: it is where the arrangement of the picture breaks most.
    private mutating func closeCluster() {
        func likeness(_ frame: Int) -> Float {
            guard let before = picture(frame - 1), let after = picture(frame) else { return 1 }
            return before.likeness(to: after)
        }
        if let cut = cluster.min(by: { likeness($0) < likeness($1) }) { cuts.append(cut) }
        cluster = []
    }

    /// Decides on a frame, with all that lies around it known.
    private mutating func look(at frame: Int, into step: inout SceneStep) {
        guard frame >= 0 else { return }
        cuts.removeAll { $0 < frame - 2 * horizon }
        fades.removeAll { $0.upperBound < frame - 2 * horizon }
        if let fade = fades.first(where: { $0.upperBound == frame }), isFade(fade) {
            found.append(Transition(kind: .fade, frames: fade))
        }
        for length in lengths where frame % max(1, length / 8) == 0 { lookForDissolve(about: frame, length) }
        if let dissolve, dissolve.frames.upperBound + horizon / 2 < frame { settleDissolve() }
        if cuts.contains(frame) { found.append(Transition(kind: .cut, frames: frame...frame)) }
        tell(before: frame - horizon, &step)
    }

    /// Whether another scene follows a stretch of one colour, and no cut leads into it or out of it.
    private func isFade(_ run: ClosedRange<Int>) -> Bool {
        guard !cuts.contains(where: { $0 >= run.lowerBound - 1 && $0 <= run.upperBound + 2 }) else { return false }
        return [horizon / 5, horizon / 3].contains { reach in
            distance(max(firstKept, run.lowerBound - reach), min(count - 1, run.upperBound + reach)).map { $0 >= threshold } ?? true
        }
    }

    private mutating func lookForDissolve(about middle: Int, _ length: Int) {
        let (first, last) = (middle - length / 2 - 1, middle + length / 2 + 1)
        guard first > 0, last < count, !cuts.contains(where: { $0 > first && $0 <= last }),
            !fades.contains(where: { $0.upperBound >= first - 8 && $0.lowerBound <= last + 8 })
        else { return }
        let (before, after) = (cuts.last { $0 <= first } ?? 0, cuts.first { $0 > last } ?? .max)
        let found = DissolveMeasure(
            first, last, pictures: { $0 >= before && $0 < after ? picture($0) : nil }, changes: { change($0) })
        guard let found else { return }
        // Among those that overlap, the one with the least doubt; of equal ones the longer.
        let doubt = found.doubt - 0.004 * Float(length)
        if let other = dissolve, other.frames.upperBound >= first, other.doubt <= doubt { return }
        dissolve = (first + 1...last - 1, doubt)
    }

    private mutating func settleDissolve() {
        if let dissolve { found.append(Transition(kind: .dissolve, frames: dissolve.frames)) }
        dissolve = nil
    }

    /// Tells in order what was found before a frame; nothing is found there any more.
    private mutating func tell(before frame: Int, _ step: inout SceneStep) {
        let ready = found.filter { $0.frames.upperBound < frame }
        guard !ready.isEmpty else { return }
        found.removeAll { $0.frames.upperBound < frame }
        for transition in ready.sorted(by: { $0.frames.lowerBound < $1.frames.lowerBound }) {
            let middle = (transition.frames.lowerBound + transition.frames.upperBound + 1) / 2
            guard middle - lastTold >= shortestScene else { continue }
            lastTold = middle
            step.cuts.append(middle)
            step.transitions.append(transition)
        }
    }
}
