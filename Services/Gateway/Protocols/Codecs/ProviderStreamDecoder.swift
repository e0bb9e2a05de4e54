package import Primitives

/// Reads one streamed answer of a provider from bytes that come in pieces cut anywhere.
package struct ProviderStreamDecoder: Sendable {
    private enum Framing {
        case events(SSEParser)
        case lines(LineSplitter)
    }

    private var framing: Framing
    private var decoder: any StreamEventDecoder
    private var pending: [SSEEvent] = []

    init(_ decoder: any StreamEventDecoder, lines: Bool) {
        self.decoder = decoder
        framing = lines ? .lines(LineSplitter()) : .events(SSEParser())
    }

    /// Whether the provider said that this was all, or failed; bytes that follow are ignored.
    package var hasEnded: Bool { decoder.hasEnded }

    /// Takes the next piece.
    /// - Parameters:
    ///   - chunk: bytes as they came.
    ///   - events: gets what the piece tells.
    /// - Throws: `ProviderFailure` when the stream is not the provider's protocol, or one event has more than 16 MiB.
    package mutating func feed(_ chunk: Bytes, into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        do {
            switch framing {
            case .events(var parser):
                framing = .events(SSEParser())
                defer { framing = .events(parser) }
                pending.removeAll(keepingCapacity: true)
                try parser.feed(chunk, into: &pending)
            case .lines(var splitter):
                framing = .lines(LineSplitter())
                defer { framing = .lines(splitter) }
                pending.removeAll(keepingCapacity: true)
                try splitter.feed(chunk) { pending.append(SSEEvent(data: Bytes($0))) }
            }
        } catch {
            throw .malformed(error.message)
        }
        for event in pending { try decoder.decode(event.data, into: &events) }
    }

    /// The bytes have ended.
    /// - Parameter events: gets what was left and `end`, or the failure of a stream that is not complete.
    /// - Throws: `ProviderFailure` when what was left is not the provider's protocol.
    package mutating func finish(into events: inout [ModelStreamEvent]) throws(ProviderFailure) {
        guard !hasEnded else { return }
        let rest: Bytes?
        switch framing {
        case .events(var parser):
            do { rest = try parser.finish()?.data } catch { throw .malformed(error.message) }
        case .lines(var splitter): rest = splitter.finish()
        }
        if let rest {
            do throws(ProviderFailure) {
                try decoder.decode(rest, into: &events)
            } catch {
                // Half an event is what a closed connection leaves.
                events.append(.failure(.closedEarly))
                return
            }
        }
        decoder.finish(into: &events)
    }
}
