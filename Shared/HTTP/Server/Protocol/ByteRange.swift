import HTTP

/// A `Range` header field applied to content of a known size (RFC 9110, section 14).
enum ByteRange: Equatable {
    /// Send everything: no range, several ranges, another unit, or a malformed field, which servers ignore.
    case whole
    case part(Range<Int64>)
    /// Nothing of the content is asked for.
    case unsatisfiable

    /// - Parameters:
    ///   - field: the header field's value.
    ///   - size: bytes of the content.
    init(_ field: String?, size: Int64) {
        self = .whole
        guard let field, field.lowercased().hasPrefix("bytes=") else { return }
        let specification = field.dropFirst(6).trimmingBlanks()
        guard !specification.contains(","), let dash = specification.firstIndex(of: "-") else { return }
        let (firstText, lastText) = (specification[..<dash], specification[specification.index(after: dash)...])
        guard let last = Self.position(lastText), let first = Self.position(firstText) else { return }
        switch (first, last) {
        case (nil, nil): return
        case (nil, let suffix?): self = suffix == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - suffix)..<size)
        case (let first?, let last):
            if let last, last < first { return }
            self = first >= size ? .unsatisfiable : .part(first..<(min(last ?? .max, size - 1) + 1))
        }
    }

    /// - Returns: `nil` for what is no number, `.some(nil)` for no text. Numbers too large to hold count as the largest.
    private static func position(_ text: Substring) -> Int64?? {
        guard !text.isEmpty else { return .some(nil) }
        guard text.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
        return .some(Int64(text) ?? .max)
    }
}
