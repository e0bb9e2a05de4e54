/// A W3C trace context (Trace Context, level 1): which trace the work belongs to and which span it runs in.
///
/// Kept as numbers: every request has one, and few are ever written down. In halves: a task-local value whose alignment is that of
/// `UInt128` breaks the task's memory (seen with Swift 6.3).
package struct TraceContext: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64
    private let span: UInt64
    package let sampled: Bool

    /// The context of the work that runs now.
    @TaskLocal package static var current: TraceContext?

    /// 32 lower-case hexadecimal digits, not all zero.
    package var traceID: String {
        Self.text { bytes in
            Self.append(high, to: &bytes)
            Self.append(low, to: &bytes)
        }
    }
    /// 16 lower-case hexadecimal digits, not all zero.
    package var spanID: String { Self.text { Self.append(span, to: &$0) } }

    /// Reads a `traceparent` header.
    /// - Returns: `nil` when it is malformed, as the standard asks: the receiver then starts a trace of its own.
    package init?(traceparent: String) {
        let parts = traceparent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, let version = Self.number(parts[0], digits: 2), version != 0xff, version != 0 || parts.count == 4,
            let trace = Self.number(parts[1], digits: 32), trace != 0, let span = Self.number(parts[2], digits: 16), span != 0,
            let flags = Self.number(parts[3], digits: 2)
        else { return nil }
        self.init(trace: trace, span: UInt64(span), sampled: flags & 1 == 1)
    }

    private init(trace: UInt128, span: UInt64, sampled: Bool) {
        (high, low) = (UInt64(truncatingIfNeeded: trace >> 64), UInt64(truncatingIfNeeded: trace))
        (self.span, self.sampled) = (span, sampled)
    }

    private var trace: UInt128 { UInt128(high) << 64 | UInt128(low) }

    package var traceparent: String {
        Self.text { bytes in
            bytes.append(contentsOf: "00-".utf8)
            Self.append(high, to: &bytes)
            Self.append(low, to: &bytes)
            bytes.append(UInt8(ascii: "-"))
            Self.append(span, to: &bytes)
            bytes.append(contentsOf: sampled ? "-01".utf8 : "-00".utf8)
        }
    }

    /// A new trace.
    package static func root() -> TraceContext {
        TraceContext(trace: UInt128(part()) << 64 | UInt128(part()), span: part(), sampled: true)
    }

    /// A new span in the same trace.
    package func child() -> TraceContext {
        TraceContext(trace: trace, span: Self.part(), sampled: sampled)
    }

    private static func part() -> UInt64 {
        var generator = BufferedRandom()
        return UInt64.random(in: 1...UInt64.max, using: &generator)
    }

    private static func text(_ write: (inout Bytes) -> Void) -> String {
        var bytes = Bytes()
        bytes.reserveCapacity(55)
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends 16 hexadecimal digits.
    private static func append(_ number: UInt64, to bytes: inout Bytes) {
        bytes.append(count: 16) { room in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: number >> (60 - 4 * UInt64(place))) & 15
                room[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
        }
    }

    /// - Returns: `nil` for other than so many lower-case hexadecimal digits.
    private static func number(_ text: Substring.UTF8View, digits: Int) -> UInt128? {
        guard text.count == digits else { return nil }
        var number: UInt128 = 0
        for byte in text {
            switch byte {
            case 48...57: number = number << 4 | UInt128(byte - 48)
            case 97...102: number = number << 4 | UInt128(byte - 87)
            default: return nil
            }
        }
        return number
    }
}
