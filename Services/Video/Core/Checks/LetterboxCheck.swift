import Media
import Primitives

/// Finds black bars that stand at the edges of the picture.
/// Source: the measure of FFmpeg's filter `cropdetect`, the mean of each row and column from the edges in; here bars have to
/// stand for a while, too, so that dark scenes pass.
struct LetterboxCheck: PictureCheck {
    /// Pixels of black at each edge of the picture as it is shown.
    struct Bars: Equatable {
        var top = 0
        var right = 0
        var bottom = 0
        var left = 0

        /// Turned clockwise, as players turn the picture.
        func turned(_ degrees: Int) -> Bars {
            switch degrees {
            case 90: Bars(top: left, right: top, bottom: right, left: bottom)
            case 180: Bars(top: bottom, right: left, bottom: top, left: right)
            case 270: Bars(top: right, right: bottom, bottom: left, left: top)
            default: self
            }
        }

        func isNear(_ other: Bars) -> Bool {
            let pairs = [(top, other.top), (right, other.right), (bottom, other.bottom), (left, other.left)]
            return pairs.allSatisfy { abs($0 - $1) <= LetterboxCheck.unrest }
        }
    }

    /// Pixels by which compression moves an edge.
    private static let unrest = 2
    /// Seconds from one look to the next: bars stand.
    private static let interval = 0.2

    private let shortest: Double
    private let level: Double
    private let part: Double
    private let rotation: Int
    private var last = -Double.infinity
    private var standing: (bars: Bars, since: Double, width: Int, height: Int)?
    private var findings: [CheckFinding] = []

    /// - Parameters:
    ///   - shortest: seconds that bars have to stand.
    ///   - level: up to where a row is black, 0 (black) to 1 (white).
    ///   - part: of the width or height that bars have to take.
    ///   - rotation: degrees that players turn the picture by, clockwise.
    init(shortest: Double, level: Double, part: Double, rotation: Int) {
        (self.shortest, self.level, self.part) = (shortest, level, part)
        self.rotation = (rotation % 360 + 360) % 360
    }

    mutating func look(at picture: CheckPicture) {
        guard picture.time - last >= Self.interval else { return }
        last = picture.time
        let reader = EdgeReader(picture.frame, level: level)
        // A picture that is black all over says nothing of bars.
        guard let bars = reader?.bars?.turned(rotation) else { return }
        if let standing, standing.bars.isNear(bars) { return }
        close(at: picture.time)
        let isTurned = rotation % 180 != 0
        let (width, height) = isTurned ? (picture.frame.height, picture.frame.width) : (picture.frame.width, picture.frame.height)
        standing = (bars, picture.time, width, height)
    }

    mutating func finish(at end: Double) -> CheckResult {
        close(at: end)
        return CheckResult(.letterbox, findings: findings)
    }

    private mutating func close(at time: Double) {
        guard let (bars, since, width, height) = standing, time - since >= shortest else { return }
        let isLetterbox = Double(bars.top + bars.bottom) >= part * Double(height)
        let isPillarbox = Double(bars.left + bars.right) >= part * Double(width)
        guard isLetterbox || isPillarbox else { return }
        let crop =
            "\(width - bars.left - bars.right)×\(height - bars.top - bars.bottom) of \(width)×\(height) at \(bars.left),\(bars.top)"
        let kind = isLetterbox ? isPillarbox ? "bars all around" : "bars above and below" : "bars left and right"
        findings.append(CheckFinding(start: since, end: time, note: "\(kind): the picture is \(crop)"))
    }
}

/// Reads how bright the rows and columns of a picture are, in its own size.
private struct EdgeReader {
    /// Samples of a row that are read: an edge needs no more.
    private static let samples = 256

    private let components: PixelComponents
    private let width: Int
    private let height: Int
    private let level: Double

    init?(_ frame: VideoFrame, level: Double) {
        guard let components = frame.components else { return nil }
        (self.components, width, height, self.level) = (components, frame.width, frame.height, level)
    }

    /// `nil` when there is no picture between the bars.
    var bars: LetterboxCheck.Bars? {
        let (top, bottom) = (dark(0..<height) { row($0) }, dark((0..<height).reversed()) { row($0) })
        guard top + bottom < height else { return nil }
        let (left, right) = (dark(0..<width) { column($0) }, dark((0..<width).reversed()) { column($0) })
        guard left + right < width else { return nil }
        return LetterboxCheck.Bars(top: top, right: right, bottom: bottom, left: left)
    }

    private func dark(_ lines: some Sequence<Int>, _ brightness: (Int) -> Double) -> Int {
        var count = 0
        for line in lines {
            guard brightness(line) <= level else { break }
            count += 1
        }
        return count
    }

    private func row(_ y: Int) -> Double {
        mean { component in
            let start = component.start + y * component.rowStride
            return Self.sum(component, width) { start + $0 * component.step }
        }
    }

    private func column(_ x: Int) -> Double {
        mean { component in
            let start = component.start + x * component.step
            return Self.sum(component, height) { start + $0 * component.rowStride }
        }
    }

    /// From 0 (black) to 1 (white): of luma, or of the brightest colour.
    private func mean(_ measure: (PixelComponents.Component) -> Double) -> Double {
        if components.isRGB { return components.all.map(measure).max().map { $0 / 255 } ?? 0 }
        let luma = measure(components.all[0])
        return components.isFullRange ? luma / 255 : (luma - 16) / 219
    }

    private static func sum(
        _ component: PixelComponents.Component, _ count: Int, _ place: (Int) -> UnsafePointer<UInt8>
    ) -> Double {
        var (sum, read) = (0, 0)
        for index in stride(from: 0, to: count, by: max(1, count / samples)) {
            let sample = place(index)
            let wide = component.depth > 8 ? (Int(sample[0]) | Int(sample[1]) << 8) >> (component.shift + component.depth - 8) : 0
            sum += component.depth > 8 ? wide : Int(sample[0])
            read += 1
        }
        return Double(sum) / Double(max(1, read))
    }
}
