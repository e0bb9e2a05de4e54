/// Finds where a mark comes next in a text that is read from its beginning to its end. However often it is asked, it looks through
/// the text once.
package struct NextMark {
    private let mark: Character
    private var found: Substring.Index?
    private var isAtEnd = false

    package init(_ mark: Character) { self.mark = mark }

    /// - Parameter rest: what is not read yet of the same text as before.
    /// - Returns: where the mark is in it; `nil` when it does not come any more.
    package mutating func index(in rest: Substring) -> Substring.Index? {
        if let found, found >= rest.startIndex { return found }
        guard !isAtEnd else { return nil }
        found = rest.firstIndex(of: mark)
        isAtEnd = found == nil
        return found
    }
}
