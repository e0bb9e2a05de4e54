/// What somebody probably meant.
enum Spelling {
    /// The known name nearest to a misspelt one.
    /// - Returns: `nil` when none begins with it and none is nearer than a third of its length.
    static func nearest(to name: String, among known: [String]) -> String? {
        if name.utf8.count >= 3, let longer = known.first(where: { $0.hasPrefix(name) }) { return longer }
        let ranked = known.map { (name: $0, distance: distance(Array(name.utf8.prefix(64)), Array($0.utf8))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, best.name.utf8.count / 3) ? best.name : nil
    }

    /// " Did you mean x?" or a list of all that is known.
    static func advice(for name: String, among known: [String]) -> String {
        if let nearest = nearest(to: name, among: known) { return "did you mean \(nearest)?" }
        return "known are: \(known.joined(separator: ", "))"
    }

    /// Insertions, deletions and substitutions between two texts (Levenshtein 1966), by the row-wise recurrence of
    /// Wagner and Fischer 1974.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substituted = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}
