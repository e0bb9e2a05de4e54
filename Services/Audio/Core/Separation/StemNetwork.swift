import Primitives

/// A network that takes stretches of stereo sound and gives stems of them.
protocol StemNetwork {
    /// Samples of a stretch.
    var segment: Int { get }
    /// What it gives, in its order: `vocals`, `drums`, …
    var stems: [String] { get }

    /// - Parameter planes: `segment` samples of both channels.
    /// - Returns: the same of every stem, by stem and channel.
    func callAsFunction(_ planes: [ArraySlice<Float>]) throws -> [[[Float]]]
}

extension InstalledModel {
    /// The stems that the entry names, in the studio's words.
    /// - Parameter fallback: for an entry that names none.
    func stems(fallback: [String]) -> [String] {
        let names = settings["stems"]?.arrayValue?.compactMap(\.stringValue) ?? fallback
        return names.map { $0.lowercased() }.map { $0 == "instrumental" ? "accompaniment" : $0 }
    }
}
