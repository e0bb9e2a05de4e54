import ModelRouting
import Synchronization

/// The decisions of calls that have not ended. Places in a list, not names in a table: every call takes one, and hardly ever does
/// somebody look for it.
final class RunningDecisions: Sendable {
    private struct Places {
        var taken: [(decision: RouteDecision, key: String)?] = []
        var free: [Int] = []
    }

    private let places = Mutex(Places())

    /// - Returns: the place to give back when the call has ended.
    func add(_ decision: RouteDecision, key: String) -> Int {
        places.withLock { places in
            if let place = places.free.popLast() {
                places.taken[place] = (decision, key)
                return place
            }
            places.taken.append((decision, key))
            return places.taken.count - 1
        }
    }

    func remove(_ place: Int) {
        places.withLock { places in
            places.taken[place] = nil
            places.free.append(place)
        }
    }

    /// - Parameter key: only a decision of this key; `nil` for anybody's.
    func find(_ id: String, key: String?) -> (decision: RouteDecision, key: String)? {
        places.withLock { places in
            places.taken.lazy.compactMap { $0 }.first { $0.decision.id == id && (key == nil || $0.key == key) }
        }
    }
}
