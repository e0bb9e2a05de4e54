/// Finds what somebody meant to write.
package enum Spelling {
    /// The word that is fewest letters away, when they are few for its length.
    /// - Returns: `nil` when none is near; of equally near ones the first in the alphabet.
    package static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let (length, limit) = (word.utf8.count, max(1, word.utf8.count / 3))
        // What differs more in length alone need not be compared letter by letter: a caller's word may be as long as a request.
        let near = words.filter { abs($0.utf8.count - length) <= limit }
        return near.map { (distance(word, $0), $0) }.filter { $0.0 <= limit }.min { $0 < $1 }?.1
    }

    /// How many letters must be put in, taken out, replaced or swapped with their neighbour.
    /// Source: optimal string alignment distance, after F. J. Damerau, CACM 7(3), 1964.
    package static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1] + [Int](repeating: 0, count: b.count)
            for j in b.indices {
                row[j + 1] = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
