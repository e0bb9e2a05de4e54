/// How many words of a text were heard wrongly: insertions, deletions and substitutions, punctuation and case aside
/// (the numerator of the word error rate).
/// - Returns: 0 for a faithful transcript.
package func wordErrors(said: String, heard: String?) -> Int {
    func words(_ text: String) -> [String] { text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init) }
    let (said, heard) = (words(said), words(heard ?? ""))
    var row = Array(0...heard.count)
    for (index, word) in said.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in heard.indices {
            let substituted = diagonal + (word == heard[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substituted, diagonal + 1, row[column] + 1)
        }
    }
    return row[heard.count]
}
