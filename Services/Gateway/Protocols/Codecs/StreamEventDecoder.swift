import Primitives

/// Reads one provider's stream, event by event.
protocol StreamEventDecoder: Sendable {
    /// Whether the provider said that this was all, or failed.
    var hasEnded: Bool { get }

    /// Takes the data of one event, or one line.
    /// - Throws: `ProviderFailure` when it is not the provider's protocol.
    mutating func decode(_ data: Bytes, into events: inout [ModelStreamEvent]) throws(ProviderFailure)

    /// The bytes have ended. Adds `end`, or the failure of a stream that is not complete.
    mutating func finish(into events: inout [ModelStreamEvent])
}

extension ProviderFailure {
    static func malformed(_ error: JSONSyntaxError) -> ProviderFailure {
        ProviderFailure(.malformedAnswer, message: "the provider's answer is not valid JSON: \(error.message)")
    }

    static func malformed(_ message: String) -> ProviderFailure {
        ProviderFailure(.malformedAnswer, message: message)
    }

    static let closedEarly = ProviderFailure(.closedEarly, message: "the provider closed the stream before its end")
}

extension JSONTape {
    /// Reads a provider's bytes; broken UTF-8 is mended.
    static func answer(_ bytes: Bytes) throws(ProviderFailure) -> JSONTape {
        do throws(JSONSyntaxError) {
            return try JSONTape(repairing: bytes)
        } catch {
            throw .malformed(error)
        }
    }
}

extension JSONNode {
    /// A count, 0 when it is missing or nonsense. Its bound is far above any real one, and low enough that sums of counts can
    /// not overflow.
    func count(_ name: StaticString) -> Int { min(max(0, self[name]?.integer ?? 0), 1 << 40) }
}
