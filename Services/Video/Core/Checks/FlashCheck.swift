import Primitives

/// Finds flashes that harm people with photosensitive epilepsy: more than three a second, of light or of saturated red, over a
/// quarter of the picture.
///
/// The picture is looked at in small squares, in each of which flashes are counted; what counts is how many squares flash too
/// often at one time. Fine patterns that flicker in balance stay below their square's mean, as the rules want it.
/// Source: ITU-R BT.1702-2, Annex 1, and Ofcom's guidance note on flashing images (the area, a quarter of the screen, and the
/// rate); WCAG 2.2, success criterion 2.3.1 (light in relative luminance, red by ISO 9241-391).
struct FlashCheck: PictureCheck {
    /// What is harmful.
    struct Limits {
        /// Flashes in a second that are still allowed.
        var flashes: Int
        /// The part of the picture, 0 to 1.
        var area: Double
        /// Of a flash.
        var thresholds: FlashCell.Thresholds
    }

    /// Pixels of the small picture along the side of a square.
    private static let side = 4
    private static let window = 1.0

    /// Squares that flash too often, over time.
    private struct Course {
        let name: String
        var largest = 0.0
        var open: (range: Range<Double>, area: Double)?
        var findings: [CheckFinding] = []

        mutating func close() {
            guard let (range, area) = open else { return }
            let share = "\((area * 100).rounded(decimals: 0))".prefix { $0 != "." }
            findings.append(
                CheckFinding(
                    start: range.lowerBound, end: range.upperBound, note: "\(name) on \(share) % of the picture"))
            open = nil
        }
    }

    private let limits: Limits
    private let table: [Float]
    private var cells: [FlashCell] = []
    private var columns = 0
    private var sums: [SIMD3<Float>] = []
    private var counts: [Float] = []
    private var light = Course(name: "flashes")
    private var red = Course(name: "red flashes")

    init(_ limits: Limits, scale: LightScale) {
        (self.limits, table) = (limits, scale.table)
    }

    mutating func look(at picture: CheckPicture) {
        measure(picture.small)
        var (flashing, reddening) = (0, 0)
        var (sinceLight, sinceRed) = (picture.time, picture.time)
        let begin = picture.time - Self.window
        for index in cells.indices {
            cells[index].look(sums[index] / counts[index], limits.thresholds, at: picture.time)
            let (oldest, oldestRed) = (cells[index].light.oldest, cells[index].red.oldest)
            if oldest > begin { (flashing, sinceLight) = (flashing + 1, min(sinceLight, oldest)) }
            if oldestRed > begin { (reddening, sinceRed) = (reddening + 1, min(sinceRed, oldestRed)) }
        }
        note(flashing, since: sinceLight, at: picture.time, in: &light)
        note(reddening, since: sinceRed, at: picture.time, in: &red)
    }

    mutating func finish(at end: Double) -> CheckResult {
        light.close()
        red.close()
        return CheckResult(
            .flashes, findings: (light.findings + red.findings).sorted { $0.start < $1.start },
            measures: [
                "largest_area": .number(light.largest.rounded(decimals: 3)),
                "largest_red_area": .number(red.largest.rounded(decimals: 3)),
            ])
    }

    private func note(_ count: Int, since start: Double, at time: Double, in course: inout Course) {
        let area = Double(count) / Double(max(1, cells.count))
        course.largest = max(course.largest, area)
        if area >= limits.area, area > 0 {
            let known = course.open
            course.open = (
                (known?.range.lowerBound ?? start)..<max(time, start.nextUp), max(area, known?.area ?? 0)
            )
        } else if let open = course.open, time - open.range.upperBound > Self.window {
            course.close()
        }
    }

    /// Sums the light of each square.
    private mutating func measure(_ picture: AnalysisPicture) {
        let (across, down) = ((picture.width + Self.side - 1) / Self.side, (picture.height + Self.side - 1) / Self.side)
        if cells.count != across * down || columns != across {
            // Two transitions are a flash.
            cells = Array(repeating: FlashCell(transitions: 2 * (limits.flashes + 1)), count: across * down)
            counts = (0..<across * down).map { index in
                let (x, y) = (index % across * Self.side, index / across * Self.side)
                return Float(min(Self.side, picture.width - x) * min(Self.side, picture.height - y))
            }
            columns = across
        }
        sums = Array(repeating: .zero, count: cells.count)
        picture.withColors { red, green, blue in
            table.withUnsafeBufferPointer { table in
                sums.withUnsafeMutableBufferPointer { sums in
                    for y in 0..<picture.height {
                        let row = y / Self.side &* across
                        for x in 0..<picture.width {
                            let place = y &* picture.width &+ x
                            sums[row &+ x / Self.side] += SIMD3(
                                table[Int(red[place])], table[Int(green[place])], table[Int(blue[place])])
                        }
                    }
                }
            }
        }
    }
}
