/// Where the tokens of a text go: into an array, or only into their number.
protocol TokenSink {
    /// Takes a piece that is a token.
    mutating func append(_ token: UInt32)
    /// Takes a piece that is none.
    mutating func append(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, with merge: inout PieceMerge)
}

struct TokenNumber: TokenSink {
    /// Below this, remembering pieces costs more than it saves.
    private static let shortText = 4096

    private(set) var count = 0
    private let known: PieceCounts?

    /// - Parameter size: of the text, in bytes.
    init(size: Int) {
        known = size < Self.shortText ? nil : PieceCounts()
    }

    @inline(__always) mutating func append(_ token: UInt32) { count += 1 }

    @inline(__always)
    mutating func append(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, with merge: inout PieceMerge) {
        count += known?.count(start, end) { merge.tokens(start, end).count } ?? merge.tokens(start, end).count
    }
}

struct TokenList: TokenSink {
    private(set) var tokens: [UInt32] = []

    mutating func append(_ token: UInt32) { tokens.append(token) }

    mutating func append(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, with merge: inout PieceMerge) {
        tokens += merge.tokens(start, end)
    }
}
