/// Steps of one kind in a row.
enum SegmentRuns {
    struct Run: Hashable {
        var kind: Int
        var steps: Range<Int>
    }

    /// The runs of a path; the shortest ones first, those under a length become part of their longer neighbour.
    static func merged(_ path: [Int], shortest: Int) -> [Run] {
        var runs: [Run] = []
        for (step, kind) in path.enumerated() { append(Run(kind: kind, steps: step..<step + 1), to: &runs) }
        for length in stride(from: 1, to: shortest, by: 1) {
            var result: [Run] = []
            for (index, run) in runs.enumerated() {
                var run = run
                if run.steps.count <= length, runs.count > 1 {
                    let before = index > 0 ? runs[index - 1] : nil
                    let after = index + 1 < runs.count ? runs[index + 1] : nil
                    let isBefore = (before?.steps.count ?? 0) >= (after?.steps.count ?? 0)
                    run.kind = (isBefore ? before : after)?.kind ?? run.kind
                }
                append(run, to: &result)
            }
            runs = result
        }
        return runs
    }

    private static func append(_ run: Run, to runs: inout [Run]) {
        if let last = runs.last, last.kind == run.kind {
            runs[runs.count - 1].steps = last.steps.lowerBound..<run.steps.upperBound
        } else {
            runs.append(run)
        }
    }
}
