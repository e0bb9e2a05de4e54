import Glibc

/// A POSIX extended regular expression (IEEE 1003.1, chapter 9.4) that a whole text must fit.
///
/// Without references to what matched before, glibc decides in time that grows with the text alone: silences come from outside.
final class Pattern: Sendable, Hashable {
    private let text: String
    // regexec takes a lock of the expression's own (POSIX: it is safe to be called by several threads).
    nonisolated(unsafe) private let expression: UnsafeMutablePointer<regex_t>

    /// - Throws: `MatcherError` for a pattern that is none, has references (`\1`) or counts (`{2}`), which can be made to
    ///   cost much.
    init(_ text: String) throws(MatcherError) {
        guard !text.contains("{"), text.firstMatch(of: /\\[0-9]/) == nil else {
            throw MatcherError("a pattern has no counts and no references: \(text)")
        }
        let expression = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        guard regcomp(expression, "^(\(text))$", REG_EXTENDED | REG_NOSUB) == 0 else {
            expression.deallocate()
            throw MatcherError("this is no POSIX extended regular expression: \(text)")
        }
        (self.text, self.expression) = (text, expression)
    }

    deinit {
        regfree(expression)
        expression.deallocate()
    }

    func fits(_ text: String) -> Bool { regexec(expression, text, 0, nil, 0) == 0 }

    static func == (a: Pattern, b: Pattern) -> Bool { a.text == b.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
