/// One value of a parsed JSON text: what it is and where it lies.
package struct JSONToken: Sendable {
    package enum Kind: UInt8, Sendable {
        case null, `true`, `false`, integer, number
        /// Text without escapes, which can be copied as it stands.
        case string
        /// Text with at least one backslash escape.
        case escapedString
        case array, object
    }

    package var kind: Kind
    /// Offset of the first byte; of a string, the one after its quote.
    package var start: UInt32
    /// Offset after the last byte; of a string, that of its closing quote.
    package var end: UInt32
    /// Index of the token after this value and all that it contains.
    package var next: UInt32
}
