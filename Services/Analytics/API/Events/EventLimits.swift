import Primitives

/// What an event may hold. Everything that comes from outside is bounded here or by `NameTable.Limits`.
package struct EventLimits: Sendable {
    /// Bytes of a script's, type's, owner's, run's or event's name.
    package var nameBytes = 128
    package var labelCount: Int
    /// Bytes of a label's name and of its value.
    package var labelNameBytes = 64
    package var labelValueBytes = 256
    /// Bytes of a sentence about an error; longer ones are cut off.
    package var errorBytes = 1024
    /// Sums of whole numbers stay exact up to 9.2 million values of this size in a bucket.
    package var magnitude = 1e12
    /// How far the clocks of those who send may be ahead.
    package var ahead = Duration.minutes(10)
    /// Older events are refused: what is kept of their time may be gone.
    package var age = Duration.hours(24 * 400)
    /// Events in one array.
    package var batch = 500

    /// - Parameter labelCount: labels of an event at most.
    package init(labelCount: Int = 16) { self.labelCount = labelCount }
}

/// Why an event is not taken.
package struct EventProblem: CodedError, Hashable {
    package let code: String
    package let message: String
    /// Which field, with its place in an array: `[3].value`.
    package var field: String

    package init(_ code: String, _ message: String, field: String) {
        (self.code, self.message, self.field) = (code, message, field)
    }
}
