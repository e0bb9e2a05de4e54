/// The detector for one playback speed: levels, whitening, folding and reading.
final class BlockReader {
    /// Blocks that are read as one, at most: 30.7 s.
    private static let longest = 4
    /// Also tried, for short marked passages.
    private static let shortest = 2

    private(set) var detections: [WatermarkDetection] = []
    private let speed: Double
    private let analyzer: CellAnalyzer
    private let whitener: CellWhitener
    private let search: BlockSearch
    /// Rows of the last blocks' length each, the newest last.
    private var segments: [[Float]] = []
    private var segment: [Float]
    private var whole: [Float]
    private var segmentCount = 0
    /// Rows that the newest segment has; the first rows of the audio are never known.
    private var filledRows = WatermarkGrid.slotRows
    private let emptySegment: [Float]

    init(pattern: WatermarkPattern, sampleRate: Int, speed: Double) throws(WatermarkError) {
        self.speed = speed
        analyzer = try CellAnalyzer(sampleRate: sampleRate, speed: speed)
        whitener = CellWhitener(cellCount: analyzer.cellCount)
        search = BlockSearch(pattern: pattern, cellCount: analyzer.cellCount)
        emptySegment = Array(repeating: 0, count: WatermarkGrid.rows * analyzer.cellCount)
        segment = emptySegment
        whole = emptySegment
    }

    func append(_ block: UnsafeBufferPointer<Float>) {
        analyzer.append(block) { levels in
            guard whitener.append(levels) else { return }
            whitener.withRow { row in
                segment.withUnsafeMutableBufferPointer {
                    ($0.baseAddress! + filledRows * search.cellCount).update(from: row, count: search.cellCount)
                }
            }
            filledRows += 1
            if filledRows == WatermarkGrid.rows { endSegment() }
        }
    }

    /// Reads what is left, and all of the audio as one when nothing was read in its parts.
    func finish() {
        endSegment()
        guard detections.isEmpty, segmentCount > Self.longest, let reading = search.read(whole) else { return }
        add(reading, rows: 0..<(segmentCount - 1) * WatermarkGrid.rows + filledRows)
    }

    private func endSegment() {
        if segments.count == Self.longest { segments.removeFirst() }
        segments.append(segment)
        Self.add(segment, to: &whole)
        segmentCount += 1
        for count in [Self.longest, Self.shortest] where count == Self.shortest || segments.count > Self.shortest {
            let parts = segments.suffix(count)
            var fold = emptySegment
            for part in parts {
                Self.add(part, to: &fold)
            }
            guard let reading = search.read(fold) else { continue }
            let extent = MarkedExtent.find(reading, search: search, segments: Array(parts))
            let first = (segmentCount - parts.count) * WatermarkGrid.rows
            add(reading, rows: first + extent.lowerBound..<first + extent.upperBound)
        }
        segment = emptySegment
        filledRows = 0
    }

    private func add(_ reading: BlockSearch.Reading, rows: Range<Int>) {
        let rowSeconds = WatermarkGrid.rowSeconds / speed
        let offset = (rows.lowerBound - reading.phase) % WatermarkGrid.rows
        let found = WatermarkDetection(
            identifier: reading.identifier, start: Double(rows.lowerBound) * rowSeconds, end: Double(rows.upperBound) * rowSeconds,
            blockOffset: Double(offset < 0 ? offset + WatermarkGrid.rows : offset) * WatermarkGrid.rowSeconds,
            confidence: Double(reading.agreement), score: Double(reading.score), correctedBits: reading.errors, speed: speed)
        guard let index = detections.lastIndex(where: { $0.continues(into: found) }) else {
            detections.append(found)
            return
        }
        detections[index].merge(found)
    }

    private static func add(_ part: [Float], to sum: inout [Float]) {
        part.withUnsafeBufferPointer { part in
            sum.withUnsafeMutableBufferPointer { sum in
                for index in 0..<sum.count {
                    sum[index] += part[index]
                }
            }
        }
    }
}

extension WatermarkDetection {
    /// Whether another one is of the same marked passage: no gap of more than a second, and blocks in step.
    fileprivate func continues(into other: WatermarkDetection) -> Bool {
        guard identifier == other.identifier, other.start <= end + 1, start <= other.end + 1 else { return false }
        let drift = (other.blockOffset - blockOffset - (other.start - start) * speed)
            .remainder(dividingBy: WatermarkGrid.blockSeconds)
        return abs(drift) <= WatermarkGrid.slotSeconds
    }

    fileprivate mutating func merge(_ other: WatermarkDetection) {
        if other.start < start { (start, blockOffset) = (other.start, other.blockOffset) }
        end = max(end, other.end)
        if other.score > score {
            (confidence, score, correctedBits) = (other.confidence, other.score, other.correctedBits)
        }
    }
}
