/// What a client has been told of a text that is being heard. A worker may die in the midst of it: another hears all of it again, and
/// the client must not be told again what it knows.
struct ToldText {
    /// All that was told.
    private(set) var text = ""
    private var heard = ""
    private var attempt = 0

    /// Pieces that come from now on are those of an attempt; another one begins with the first.
    mutating func begin(attempt: Int) {
        guard attempt != self.attempt else { return }
        (self.attempt, heard) = (attempt, "")
    }

    /// Takes the attempt's next piece.
    /// - Returns: what it tells beyond all that was told; nil when that is nothing, or when this attempt hears otherwise than the one
    ///   before it and nothing can be taken back.
    mutating func delta(for piece: String, hasLeadingSpace: Bool) -> String? {
        heard += (heard.isEmpty || !hasLeadingSpace ? "" : " ") + piece
        guard heard.utf8.count > text.utf8.count, heard.utf8.starts(with: text.utf8) else { return nil }
        let delta = String(decoding: heard.utf8.dropFirst(text.utf8.count), as: UTF8.self)
        text = heard
        return delta
    }
}
