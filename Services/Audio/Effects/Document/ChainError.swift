import Primitives

/// A chain document that can not run; it tells every fault there is, not the first alone.
package struct ChainError: CodedError, Equatable {
    /// At least one, in the order of the document.
    package let faults: [ChainFault]
    package var code: String { "effect-chain-invalid" }

    package var message: String {
        let shown = faults.prefix(10).map { "\($0.pointer.isEmpty ? "the document" : $0.pointer): \($0.message)" }
        let rest = faults.count > 10 ? "; and \(faults.count - 10) more" : ""
        return shown.joined(separator: "; ") + rest
    }

    init(_ faults: [ChainFault]) { self.faults = faults }
}
