import Synchronization

/// A counter that closures share.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func increment() {
        count.add(1, ordering: .relaxed)
    }
}

/// Counts who is in the same place at once.
final class Presence: Sendable {
    private let count = Atomic(0)
    private let highest = Atomic(0)

    /// The most at any moment.
    var most: Int { highest.load(ordering: .relaxed) }

    func during<T>(_ body: () throws -> T) rethrows -> T {
        highest.max(count.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        defer { count.subtract(1, ordering: .relaxed) }
        return try body()
    }
}
