/// Keys ordered by the time they are due: a binary heap. Entries are never removed early; who schedules checks on
/// arrival whether the time still holds, which keeps moving a deadline to a later time free of cost.
struct TimerQueue<Key> {
    private struct Entry {
        let time: Int64
        let key: Key
    }

    private var heap: [Entry] = []

    var isEmpty: Bool { heap.isEmpty }

    /// The time of the first entry.
    var next: Int64? { heap.first?.time }

    mutating func schedule(_ key: Key, at time: Int64) {
        heap.append(Entry(time: time, key: key))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes and returns the first entry when its time has come.
    mutating func popDue(at now: Int64) -> (key: Key, time: Int64)? {
        guard let first = heap.first, first.time <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            guard least != parent else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return (first.key, first.time)
    }
}
