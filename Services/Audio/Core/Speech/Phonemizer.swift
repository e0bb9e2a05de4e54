import Primitives

/// Turns words into the phonemes that voices are trained on, by eSpeak NG, which runs as a program of its own.
struct Phonemizer {
    private static let program = "/usr/bin/espeak-ng"
    /// What ends a clause and shapes its melody; eSpeak drops it, the voices know it.
    private static let punctuation = Set<Character>(",.?!;:")
    /// The letters of eSpeak's alphabet that Unicode also has in one piece; voices know letter and mark (normalisation form D).
    private static let decomposed: [Unicode.Scalar: String] = [
        "ç": "c\u{327}", "ã": "a\u{303}", "õ": "o\u{303}", "ẽ": "e\u{303}", "ĩ": "i\u{303}", "ũ": "u\u{303}", "ỹ": "y\u{303}",
    ]
    /// eSpeak's name of the language or accent, for example `en-us`.
    let voice: String

    /// - Parameter text: a sentence.
    /// - Returns: phonemes of the International Phonetic Alphabet with the clauses' punctuation, decomposed as the voices want.
    /// - Throws: `AudioError.speech` when eSpeak NG is not installed or fails.
    func phonemes(of text: String) throws(AudioError) -> String {
        var result = ""
        var clause = ""
        for character in text + "\n" {
            guard Self.punctuation.contains(character) || character == "\n" else {
                clause.append(character)
                continue
            }
            let spoken = try phonemes(ofClause: clause)
            clause = ""
            if !spoken.isEmpty { result += (result.isEmpty ? "" : " ") + spoken }
            if character != "\n", !result.isEmpty, result.last != character { result.append(character) }
        }
        return String(result.unicodeScalars.map { Self.decomposed[$0] ?? String($0) }.joined())
    }

    private func phonemes(ofClause clause: String) throws(AudioError) -> String {
        guard clause.contains(where: { $0.isLetter || $0.isNumber }) else { return "" }
        var spawn = ProcessSpawn([Self.program, "-q", "-v", voice, "--ipa", "--", clause])
        spawn.environment = ["LC_ALL=C.UTF-8"]
        let run: CommandRun
        do { run = try CommandRun.run(spawn) } catch { throw .speech("eSpeak NG is not installed") }
        guard run.status == 0 else { throw .speech("eSpeak NG could not read the text: \(run.errors)") }
        // A zero-width joiner ties the parts of a diphthong; the voices do not know it.
        return run.output.split(whereSeparator: \.isNewline).joined(separator: " ").replacing("\u{200D}", with: "")
            .split(separator: " ").joined(separator: " ")
    }
}
