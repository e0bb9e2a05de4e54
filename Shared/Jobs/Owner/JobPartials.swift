import Contracts

/// What has been found of one job's result so far, for those who come later: the newest of it when there is much.
struct JobPartials {
    private static let mostKept = 2000
    private var kept: [JobPartial] = []

    /// How many there were, those that are no longer kept among them.
    var count: Int { kept.last.map { $0.index + 1 } ?? 0 }

    mutating func append(_ partial: JobPartial) {
        // What is told twice was found once.
        guard partial.index > kept.last?.index ?? -1 else { return }
        kept.append(partial)
        if kept.count > Self.mostKept { kept.removeFirst(Self.mostKept / 4) }
    }

    /// - Parameter index: the first that is wanted.
    func from(_ index: Int) -> [JobPartial] {
        kept.filter { $0.index >= index }
    }
}
