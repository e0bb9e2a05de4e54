/// Tells from one small picture after the other where a new scene begins.
package protocol SceneDetector {
    /// Names of the measures of a frame.
    static var measures: [String] { get }

    /// Looks at the next picture.
    mutating func process(_ picture: AnalysisPicture, frame: Int) -> SceneStep

    /// What can only be said when the video has ended.
    /// - Parameter frames: how many there were.
    mutating func finish(frames: Int) -> SceneStep
}

extension SceneDetector {
    package mutating func finish(frames: Int) -> SceneStep { SceneStep() }
}

/// A detector for which frames may be made up where hardly anything happens, and for which the little errors of a decoder without its
/// loop filter, which grow up to the next key frame, are no change.
protocol SkimmingDetector: SceneDetector {
    /// Whether two pictures with at most a few frames between them are so much alike that those can not matter.
    func isCalm(_ last: AnalysisPicture, _ next: AnalysisPicture) -> Bool
}

extension SkimmingDetector {
    /// The share of the change that makes a cut below which pictures are alike.
    static var calmness: Double { 0.65 }
}

/// What a detector knows after one more picture.
package struct SceneStep: Sendable {
    /// The numbers of frames, this one or earlier ones, at which new scenes begin.
    package var cuts: [Int] = []
    /// The measures of the next frames in order, as far as they can be told by now; one row a frame.
    package var measures: [[Double]] = []
    /// Transitions that are no plain cuts.
    package var transitions: [Transition] = []
}

/// How one scene becomes the next.
package struct Transition: Sendable, Equatable {
    package enum Kind: String, Sendable { case cut, dissolve, fade }

    package let kind: Kind
    /// The frames that show neither scene alone; for a cut its first frame.
    package let frames: ClosedRange<Int>
}

/// How cuts that follow each other too closely are handled: a run of them, such as flashes or quick motion make, is one cut.
struct CutFilter {
    /// Frames.
    let shortestScene: Int
    private var lastAbove: Int?
    private var hasCut = false
    private var runStart: Int?

    init(shortestScene: Int) {
        self.shortestScene = shortestScene
    }

    /// - Parameter isAbove: whether the frame differs enough from the one before it.
    /// - Returns: the frame that a new scene begins with, if one does.
    mutating func process(_ frame: Int, isAbove: Bool) -> Int? {
        if shortestScene <= 0 { return isAbove ? frame : nil }
        let last = lastAbove ?? frame
        if lastAbove == nil { lastAbove = frame }
        let isQuiet = frame - last >= shortestScene
        if isAbove { lastAbove = frame }
        if let start = runStart {
            guard isQuiet, !isAbove, (lastAbove ?? frame) - start >= shortestScene else { return nil }
            runStart = nil
            return lastAbove
        }
        guard isAbove else { return nil }
        if isQuiet {
            hasCut = true
            return frame
        }
        if hasCut { runStart = frame }
        return nil
    }
}
