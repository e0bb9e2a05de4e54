/// What of the outbox is under way. Knows nothing of tasks and databases: its owner does what it says and tells how it went.
struct OutboxWindow {
    private let capacity: Int
    /// The newest message that was begun.
    private var place: Int64 = 0
    private var underWay = 0
    /// Published, not yet removed.
    private var acknowledged: [Int64] = []
    private var isRemoving = false
    private var failure: (any Error)?
    /// Whether the outbox may hold messages that were not begun.
    var mayHaveMore = true
    /// Messages that were published and removed.
    private(set) var removed = 0

    /// - Parameter capacity: messages under way at once.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Whether to look for messages now.
    /// - Returns: how many, and after which place.
    mutating func takeRead() -> (limit: Int, after: Int64)? {
        guard failure == nil, mayHaveMore, underWay < capacity else { return nil }
        // Before the look, not after: what is appended during it sets this again.
        mayHaveMore = false
        return (capacity - underWay, place)
    }

    /// - Returns: the messages to publish now.
    mutating func begin(_ entries: [Outbox.Entry], asked limit: Int) -> [Outbox.Entry] {
        if entries.count == limit { mayHaveMore = true }
        underWay += entries.count
        place = entries.last?.sequence ?? place
        return entries
    }

    mutating func published(_ sequence: Int64) {
        underWay -= 1
        acknowledged.append(sequence)
    }

    /// A message was removed without having been published.
    mutating func setAside() {
        underWay -= 1
        removed += 1
    }

    mutating func failed(_ error: any Error) {
        underWay -= 1
        fail(error)
    }

    /// Begins nothing more; the first error counts.
    mutating func fail(_ error: any Error) {
        if failure == nil { failure = error }
    }

    /// What to remove now: everything published since the last removal, in one transaction.
    mutating func takeRemoval() -> [Int64]? {
        guard !isRemoving, !acknowledged.isEmpty else { return nil }
        isRemoving = true
        defer { acknowledged = [] }
        return acknowledged
    }

    mutating func endRemoval(_ count: Int) {
        isRemoving = false
        removed += count
    }

    /// The failure, once nothing is under way any more.
    var failureAtRest: (any Error)? {
        underWay == 0 && !isRemoving && acknowledged.isEmpty ? failure : nil
    }
}
