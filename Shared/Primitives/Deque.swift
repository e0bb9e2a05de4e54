/// A first-in first-out queue with amortised constant-time ends.
///
/// Inlinable: several are in every request, and what is generic in another module asks the runtime for its types each time.
package struct Deque<Element> {
    @usableFromInline var storage: [Element?] = []
    @usableFromInline var head = 0

    @inlinable package init() {}

    @inlinable package var count: Int { storage.count - head }
    @inlinable package var isEmpty: Bool { count == 0 }
    @inlinable package var first: Element? { isEmpty ? nil : storage[head] }
    package var all: [Element] { storage[head...].compactMap { $0 } }

    @inlinable package mutating func append(_ element: Element) {
        storage.append(element)
    }

    @inlinable package mutating func popFirst() -> Element? {
        guard head < storage.count else { return nil }
        let element = storage[head].take()
        head += 1
        if head == storage.count {
            storage.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 32 && head * 2 >= storage.count {
            storage.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Removes and returns the first element that fits.
    package mutating func removeFirst(where fits: (Element) -> Bool) -> Element? {
        guard let index = storage[head...].firstIndex(where: { $0.map(fits) ?? false }) else { return nil }
        return storage.remove(at: index)
    }
}
