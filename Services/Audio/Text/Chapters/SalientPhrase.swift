import AudioAPI
import Glibc

/// Names parts of a text by the phrase that is said often there and seldom elsewhere (term frequency times inverse document
/// frequency; Spärck Jones 1972).
struct SalientPhrase {
    private struct Candidate {
        var count = 0
        /// The form that was seen first.
        var form: String
        var length: Int
    }

    private let parts: [[String: Candidate]]
    private var spread: [String: Int] = [:]

    /// - Parameters:
    ///   - texts: one for each part.
    ///   - vocabulary: which words carry a topic.
    init(_ texts: [String], _ vocabulary: TopicTerms) {
        parts = texts.map { Self.candidates($0, vocabulary) }
        for part in parts {
            for key in part.keys { spread[key, default: 0] += 1 }
        }
    }

    /// The titles of the parts, no two alike where there is a choice; an empty one for a part without a word that says anything.
    func titles() -> [String] {
        var used = Set<String>()
        return parts.map { part in
            let ranked = part.map { (score: score($0.key, $0.value), key: $0.key, form: $0.value.form) }
                .sorted { ($0.score, $1.key) > ($1.score, $0.key) }
            guard let best = ranked.first(where: { !used.contains($0.key) }) ?? ranked.first else { return "" }
            used.insert(best.key)
            return best.form.prefix(1).uppercased() + best.form.dropFirst()
        }
    }

    private func score(_ key: String, _ candidate: Candidate) -> Double {
        let rarity = log(1 + Double(parts.count) / Double(spread[key] ?? 1))
        // A phrase says more than its words, if it is said more than once.
        let weight =
            candidate.length > 1 && candidate.count > 1 ? 1 + 0.6 * Double(candidate.length - 1) : candidate.length > 1 ? 0.4 : 1
        return Double(candidate.count) * rarity * weight
    }

    /// Phrases of one to three topic words in a row within a clause, by their stems.
    private static func candidates(_ text: String, _ vocabulary: TopicTerms) -> [String: Candidate] {
        var found: [String: Candidate] = [:]
        for clause in text.split(whereSeparator: { ".,;:!?…。、！？()\"".contains($0) }) {
            var run: [(word: String, term: String)] = []
            for word in words(clause) {
                guard let term = vocabulary.term(word.lowercased()) else {
                    run = []
                    continue
                }
                run.append((word, term))
                for length in 1...min(3, run.count) {
                    let phrase = run.suffix(length)
                    let key = phrase.map(\.term).joined(separator: " ")
                    found[key, default: Candidate(form: joined(phrase.map(\.word)), length: length)].count += 1
                }
            }
        }
        return found
    }

    /// The words with their capitals; characters of scripts without spaces one by one.
    private static func words(_ clause: Substring) -> [String] {
        clause.split(whereSeparator: \.isWhitespace).flatMap { word -> [String] in
            if word.unicodeScalars.contains(where: \.isUnspacedScript) { return word.map(String.init) }
            let trimmed = word.drop { !$0.isLetter && !$0.isNumber }
            guard let last = trimmed.lastIndex(where: { $0.isLetter || $0.isNumber }) else { return [] }
            return [String(trimmed[...last])]
        }
    }

    private static func joined(_ words: [String]) -> String {
        words.reduce(into: "") { text, word in
            let touches = text.isEmpty || word.unicodeScalars.first?.isUnspacedScript ?? false
            text += touches ? word : " " + word
        }
    }
}
