/// Groups voices that sound alike: agglomerative clustering with average linkage on the cosine distance.
struct SpeakerClusters {
    /// By voice, from 0 in the order in which the groups first appear.
    let labels: [Int]

    /// - Parameters:
    ///   - voices: unit vectors.
    ///   - weights: how much each counts, for example its seconds.
    ///   - count: how many groups there shall be; `nil` lets the distance decide.
    ///   - threshold: groups further apart than this stay apart; 1 minus the cosine.
    init(_ voices: [[Float]], weights: [Double], count: Int?, threshold: Double) {
        var groups = voices.indices.map { [$0] }
        func distance(_ first: [Int], _ second: [Int]) -> Double {
            var (sum, weight) = (0.0, 0.0)
            for one in first {
                for other in second {
                    var dot: Float = 0
                    for index in voices[one].indices { dot += voices[one][index] * voices[other][index] }
                    let share = weights[one] * weights[other]
                    sum += Double(1 - dot) * share
                    weight += share
                }
            }
            return sum / weight
        }
        var distances = groups.indices.map { first in
            groups.indices.map { first < $0 ? distance(groups[first], groups[$0]) : .infinity }
        }
        while groups.count > max(1, count ?? 1) {
            var nearest = (first: 0, second: 1, distance: Double.infinity)
            for first in groups.indices {
                for second in groups.indices.dropFirst(first + 1) where distances[first][second] < nearest.distance {
                    nearest = (first, second, distances[first][second])
                }
            }
            guard nearest.distance < (count == nil ? threshold : .infinity) else { break }
            groups[nearest.first] += groups[nearest.second]
            groups.remove(at: nearest.second)
            distances.remove(at: nearest.second)
            for index in distances.indices { distances[index].remove(at: nearest.second) }
            for index in groups.indices where index != nearest.first {
                let (low, high) = (min(index, nearest.first), max(index, nearest.first))
                distances[low][high] = distance(groups[low], groups[high])
            }
        }
        var labels = [Int](repeating: 0, count: voices.count)
        for (label, group) in groups.sorted(by: { ($0.min() ?? 0) < ($1.min() ?? 0) }).enumerated() {
            for voice in group { labels[voice] = label }
        }
        self.labels = labels
    }
}
