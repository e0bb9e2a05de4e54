/// A W3C trace context (Trace Context, level 1): which trace the work belongs to and which span it runs in.
package struct TraceContext: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero.
    package let spanID: String
    package let sampled: Bool

    /// The context of the work that runs now.
    @TaskLocal package static var current: TraceContext?

    /// Reads a `traceparent` header.
    /// - Returns: `nil` when it is malformed, as the standard asks: the receiver then starts a trace of its own.
    package init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2,
            parts[0...3].allSatisfy({ $0.utf8.allSatisfy(Self.isLowerHex) }),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        (traceID, spanID, sampled) = (String(parts[1]), String(parts[2]), flags & 1 == 1)
    }

    private init(traceID: String, spanID: String, sampled: Bool) {
        (self.traceID, self.spanID, self.sampled) = (traceID, spanID, sampled)
    }

    package var traceparent: String { "00-\(traceID)-\(spanID)-\(sampled ? "01" : "00")" }

    /// A new trace.
    package static func root() -> TraceContext {
        TraceContext(traceID: randomHex() + randomHex(), spanID: randomHex(), sampled: true)
    }

    /// A new span in the same trace.
    package func child() -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.randomHex(), sampled: sampled)
    }

    private static func randomHex() -> String {
        let digits = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte)
    }
}
