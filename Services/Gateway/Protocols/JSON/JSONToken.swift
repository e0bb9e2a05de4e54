/// One value of a parsed JSON text: what it is and where it lies.
struct JSONToken: Sendable {
    enum Kind: UInt8, Sendable {
        case null, `true`, `false`, integer, number
        /// Text without escapes, which can be copied as it stands.
        case string
        /// Text with at least one backslash escape.
        case escapedString
        case array, object
    }

    var kind: Kind
    /// Offset of the first byte; of a string, the one after its quote.
    var start: UInt32
    /// Offset after the last byte; of a string, that of its closing quote.
    var end: UInt32
    /// Index of the token after this value and all that it contains.
    var next: UInt32
}
