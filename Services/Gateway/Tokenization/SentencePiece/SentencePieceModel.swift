import Primitives

/// The pieces and settings of a SentencePiece model file (`sentencepiece_model.proto` of github.com/google/sentencepiece).
struct SentencePieceModel: Sendable {
    /// What a piece is, with the file's numbers.
    enum Kind: UInt64 {
        case normal = 1
        case unknown = 2
        case control = 3
        case userDefined = 4
        case unused = 5
        case byte = 6
    }

    struct Piece {
        var text: Bytes = []
        var score: Float = 0
        var kind = Kind.normal
    }

    var pieces: [Piece] = []
    /// Characters without a piece become the pieces of their bytes.
    var hasByteFallback = false
    /// The text is read as if a space came before it.
    var addsSpaceBefore = true
    /// Spaces are written `▁`, U+2581.
    var escapesSpaces = true

    // 1 is unigram, the default of the format, and 2 byte-pair encoding.
    private var modelType: UInt64 = 1
    private var removesSpaces = true
    private var hasNormalization = false
    private var isSpaceAfter = false

    /// Reads a model.
    ///
    /// - Throws: `TokenizationError.unreadable`, `damaged`, and `unsupportedModel` for what Llama and Gemma do not use:
    /// unigram models,
    ///   normalisation, collapsing of spaces, unused pieces.
    init(path: String) throws(TokenizationError) {
        let file = try MappedFile(path: path)
        var reader = ProtobufReader(file.bytes[...])
        while let (field, value) = reader.next() {
            switch (field, value) {
            case (1, .bytes(let message)): try readPiece(message, path: path)
            case (2, .bytes(let message)): readTraining(message)
            case (3, .bytes(let message)): readNormalization(message)
            default: break
            }
        }
        guard !reader.isDamaged, !pieces.isEmpty else { throw .damaged(path: path, reason: "it is no SentencePiece model") }
        if let reason = reasonAgainst { throw .unsupportedModel(path: path, reason: reason) }
    }

    private var reasonAgainst: String? {
        if modelType != 2 { return "it is not a byte-pair model" }
        if hasNormalization { return "it normalises characters" }
        if removesSpaces { return "it removes spaces" }
        if isSpaceAfter { return "it puts spaces after words" }
        if pieces.contains(where: { $0.kind == .unused }) { return "it has unused pieces" }
        if !pieces.contains(where: { $0.kind == .unknown }) { return "it has no piece for what is unknown" }
        if hasByteFallback, pieces.count(where: { $0.kind == .byte }) != 256 { return "it has not a piece for each byte" }
        return nil
    }

    private mutating func readPiece(_ message: Slice<UnsafeRawBufferPointer>, path: String) throws(TokenizationError) {
        var piece = Piece()
        var reader = ProtobufReader(message)
        while let (field, value) = reader.next() {
            switch (field, value) {
            case (1, .bytes(let text)): piece.text = Bytes(text)
            case (2, .float(let score)): piece.score = score
            case (3, .integer(let number)):
                guard let kind = Kind(rawValue: number) else {
                    throw .damaged(path: path, reason: "piece \(pieces.count) is of no kind")
                }
                piece.kind = kind
            default: break
            }
        }
        guard !reader.isDamaged, !piece.text.isEmpty, !piece.score.isNaN else {
            throw .damaged(path: path, reason: "piece \(pieces.count) can not be read")
        }
        pieces.append(piece)
    }

    private mutating func readTraining(_ message: Slice<UnsafeRawBufferPointer>) {
        var reader = ProtobufReader(message)
        while let (field, value) = reader.next() {
            switch (field, value) {
            case (3, .integer(let type)): modelType = type
            case (24, .integer(let flag)): isSpaceAfter = flag != 0
            case (35, .integer(let flag)): hasByteFallback = flag != 0
            default: break
            }
        }
    }

    private mutating func readNormalization(_ message: Slice<UnsafeRawBufferPointer>) {
        var reader = ProtobufReader(message)
        while let (field, value) = reader.next() {
            switch (field, value) {
            case (2, .bytes(let map)): hasNormalization = !map.isEmpty
            case (3, .integer(let flag)): addsSpaceBefore = flag != 0
            case (4, .integer(let flag)): removesSpaces = flag != 0
            case (5, .integer(let flag)): escapesSpaces = flag != 0
            default: break
            }
        }
    }
}
