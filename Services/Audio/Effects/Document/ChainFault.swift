package import Primitives

/// One thing that is wrong with a chain document.
package struct ChainFault: Sendable, Hashable {
    /// What kind of fault it is, for programs.
    package enum Reason: String, Sendable, Hashable {
        case unknownField = "unknown-field"
        case unknownEffect = "unknown-effect"
        case missingField = "missing-field"
        case wrongType = "wrong-type"
        case outOfRange = "out-of-range"
        case notAutomatable = "not-automatable"
        case unsuitableChannels = "unsuitable-channels"
        case missingImpulse = "missing-impulse"
        case unsuitableImpulse = "unsuitable-impulse"
    }

    /// Where in the document, as a JSON pointer (RFC 6901); empty for the document itself.
    package let pointer: String
    package let reason: Reason
    /// A sentence that a person can act on.
    package let message: String

    init(_ pointer: String, _ reason: Reason, _ message: String) {
        (self.pointer, self.reason, self.message) = (pointer, reason, message)
    }

    /// The fault as problem documents carry it.
    package var document: JSONValue {
        ["pointer": .string(pointer), "code": .string(reason.rawValue), "message": .string(message)]
    }
}
