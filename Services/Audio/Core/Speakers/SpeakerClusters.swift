import Primitives

/// Groups voices that sound alike: agglomerative clustering with average linkage on the cosine distance.
///
/// For unit vectors the mean distance of two groups is 1 minus the product of their weighted means, so a group is kept as its
/// mean alone. Average linkage is reducible – no merger brings groups nearer to a third – so chains of nearest neighbours find
/// the same tree as a search for the nearest pair at every step (F. Murtagh, "A survey of recent advances in hierarchical
/// clustering algorithms", The Computer Journal 26, 1983): in memory for n means, with a few times n² distances.
struct SpeakerClusters {
    private struct Merger {
        let first: Int
        let second: Int
        let distance: Float
    }

    /// By voice, from 0 in the order in which the groups first appear.
    let labels: [Int]

    /// - Parameters:
    ///   - voices: unit vectors.
    ///   - weights: how much each counts, for example its seconds.
    ///   - count: how many groups there shall be; `nil` lets the distance decide.
    ///   - threshold: groups further apart than this stay apart; 1 minus the cosine.
    init(_ voices: [[Float]], weights: [Double], count: Int?, threshold: Double) {
        let mergers = Self.tree(voices, weights.map { Float($0) }).sorted { $0.distance < $1.distance }
        let kept =
            if let count {
                mergers.prefix(voices.count - min(voices.count, max(1, count)))
            } else {
                mergers.prefix { Double($0.distance) < threshold }
            }
        var groups = Array(voices.indices)
        func root(_ voice: Int) -> Int {
            var voice = voice
            while groups[voice] != voice {
                groups[voice] = groups[groups[voice]]
                voice = groups[voice]
            }
            return voice
        }
        for merger in kept { groups[root(merger.second)] = root(merger.first) }
        var numbers: [Int: Int] = [:]
        labels = voices.indices.map { voice in
            let group = root(voice)
            let number = numbers[group] ?? numbers.count
            numbers[group] = number
            return number
        }
    }

    /// All mergers of the tree, each by one voice of either group.
    private static func tree(_ voices: [[Float]], _ weights: [Float]) -> [Merger] {
        let size = voices.first?.count ?? 0
        var (means, weights) = (voices.flatMap { $0 }, weights)
        var alive = Array(voices.indices)
        var chain: [Int] = []
        var mergers: [Merger] = []
        means.withUnsafeMutableBufferPointer { means in
            guard let base = means.baseAddress else { return }
            func apart(_ first: Int, _ second: Int) -> Float {
                1 - UnsafePointer(base + first * size).product(with: UnsafePointer(base + second * size), count: size)
            }
            while alive.count > 1 {
                if chain.isEmpty { chain.append(alive[0]) }
                let tip = chain[chain.count - 1]
                let before = chain.dropLast().last
                // The voice before wins where two are as near: so every chain ends.
                var (nearest, least) = (before ?? alive[alive[0] == tip ? 1 : 0], Float.infinity)
                if let before { least = apart(tip, before) }
                for other in alive where other != tip {
                    let distance = apart(tip, other)
                    if distance < least { (nearest, least) = (other, distance) }
                }
                guard nearest == before else {
                    // Rounding may lead back to an earlier voice: the chain then goes on from there.
                    if let place = chain.firstIndex(of: nearest) { chain.removeSubrange(place...) }
                    chain.append(nearest)
                    continue
                }
                chain.removeLast(2)
                mergers.append(Merger(first: nearest, second: tip, distance: least))
                let sum = weights[nearest] + weights[tip]
                let share = sum > 0 ? weights[tip] / sum : 0.5
                for index in 0..<size {
                    let (mean, other) = (base[nearest * size + index], base[tip * size + index])
                    base[nearest * size + index] = mean + (other - mean) * share
                }
                weights[nearest] = sum
                alive.removeAll { $0 == tip }
            }
        }
        return mergers
    }
}

extension UnsafePointer<Float> {
    /// The sum of the products with other samples.
    fileprivate func product(with other: UnsafePointer<Float>, count: Int) -> Float {
        var sums = SIMD8<Float>()
        var index = 0
        while index + 8 <= count {
            sums += vector(index) * other.vector(index)
            index += 8
        }
        var sum = sums.sum()
        while index < count {
            sum += self[index] * other[index]
            index += 1
        }
        return sum
    }
}
