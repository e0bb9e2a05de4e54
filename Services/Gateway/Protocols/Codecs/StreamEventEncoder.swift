import Primitives

/// Writes one door's stream, event by event.
protocol StreamEventEncoder: Sendable {
    /// Appends what the client should see of an event; nothing for events that its protocol does not show.
    mutating func encode(_ event: ModelStreamEvent, into output: inout Bytes)
}
