import Glibc
import TestSupport
import Testing

@testable import AudioCore

/// Clustering against the definition: the nearest pair of groups by the mean of all distances, step after step.
@Suite(.computing) struct SpeakerClustersTests {
    /// Voices around a few centres, the same every time.
    private static func voices(_ count: Int, speakers: Int, spread: Float, size: Int, seed: UInt64) -> [[Float]] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Double(state >> 11) / Double(1 << 52) - 1)
        }
        let centres = (0..<speakers).map { _ in (0..<size).map { _ in next() } }
        return (0..<count).map { index in
            let voice = centres[index * 7 % speakers].map { $0 + spread * next() }
            let length = voice.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return voice.map { $0 / length }
        }
    }

    private static func byDefinition(_ voices: [[Float]], _ weights: [Double], count: Int?, threshold: Double) -> [Int] {
        var groups = voices.indices.map { [$0] }
        func distance(_ first: [Int], _ second: [Int]) -> Double {
            var (sum, weight) = (0.0, 0.0)
            for one in first {
                for other in second {
                    let dot = zip(voices[one], voices[other]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                    sum += (1 - dot) * weights[one] * weights[other]
                    weight += weights[one] * weights[other]
                }
            }
            return sum / weight
        }
        while groups.count > max(1, count ?? 1) {
            var nearest = (0, 1, Double.infinity)
            for first in groups.indices {
                for second in groups.indices.dropFirst(first + 1) {
                    let found = distance(groups[first], groups[second])
                    if found < nearest.2 { nearest = (first, second, found) }
                }
            }
            guard count != nil || nearest.2 < threshold else { break }
            groups[nearest.0] += groups.remove(at: nearest.1)
        }
        var labels = [Int](repeating: 0, count: voices.count)
        for (label, group) in groups.sorted(by: { $0.min()! < $1.min()! }).enumerated() {
            for voice in group { labels[voice] = label }
        }
        return labels
    }

    @Test(arguments: 1..<13) func theLabelsAreThoseOfTheDefinition(_ seed: Int) {
        let voices = Self.voices(
            10 + seed, speakers: 1 + seed % 5, spread: 0.2 * Float(seed % 4 + 1), size: 12, seed: UInt64(seed))
        let weights = voices.indices.map { 0.6 + Double(($0 * 5 + seed) % 11) / 2 }
        for count in [nil, 1, 2, 4, 100] {
            let found = SpeakerClusters(voices, weights: weights, count: count, threshold: 0.38).labels
            #expect(found == Self.byDefinition(voices, weights, count: count, threshold: 0.38), "\(count ?? 0) groups")
        }
    }

    @Test func fewVoices() {
        #expect(SpeakerClusters([], weights: [], count: nil, threshold: 0.4).labels == [])
        #expect(SpeakerClusters([[1, 0]], weights: [1], count: 3, threshold: 0.4).labels == [0])
        #expect(SpeakerClusters([[1, 0], [1, 0], [0, 1]], weights: [1, 1, 1], count: nil, threshold: 0.4).labels == [0, 0, 1])
    }

    @Test func manyVoicesAreGrouped() {
        let voices = Self.voices(400, speakers: 6, spread: 0.1, size: 16, seed: 3)
        let labels = SpeakerClusters(voices, weights: voices.map { _ in 1 }, count: nil, threshold: 0.38).labels
        let expected = voices.indices.map { $0 * 7 % 6 }
        #expect(Set(zip(labels, expected).map { "\($0) \($1)" }).count == Set(expected).count)
    }
}
