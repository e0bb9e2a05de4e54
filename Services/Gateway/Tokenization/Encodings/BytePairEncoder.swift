import Glibc
package import Primitives

/// Encodes text as OpenAI's tiktoken does, token for token. Special tokens' names in a text are ordinary text
/// (`encode_ordinary`).
///
/// Any number of threads may use one.
package final class BytePairEncoder: Sendable {
    package let encoding: Encoding
    private let file: MappedFile
    // Points into `file`, which is only ever read.
    nonisolated(unsafe) private let tables: BytePairTables

    /// Maps a vocabulary that `deploy/models install openai-encodings` made.
    ///
    /// - Throws: `TokenizationError.vocabularyMissing`, `unreadable`, `damaged`.
    package init(encoding: Encoding, path: String) throws(TokenizationError) {
        guard access(path, F_OK) == 0 else { throw .vocabularyMissing(encoding: encoding.rawValue, path: path) }
        self.encoding = encoding
        let file = try MappedFile(path: path)
        tables = try BytePairTables(file, path: path)
        self.file = file
    }

    /// How many tokens a text has.
    package func count(_ text: String) -> Int {
        var text = text
        return text.withUTF8(count(utf8:))
    }

    /// How many tokens a text has.
    ///
    /// - Parameter utf8: what is not UTF-8 is counted as bytes that are no letters; tiktoken takes no such text.
    package func count(utf8: UnsafeBufferPointer<UInt8>) -> Int {
        var number = TokenNumber(size: utf8.count)
        encode(utf8, into: &number)
        return number.count
    }

    /// The tokens of a text.
    package func encode(_ text: String) -> [UInt32] {
        var list = TokenList()
        var text = text
        text.withUTF8 { encode($0, into: &list) }
        return list.tokens
    }

    /// The bytes that tokens stand for, special tokens by their names. Tokens may end within a character, so they need not be
    /// UTF-8.
    ///
    /// - Throws: `TokenizationError.unknownToken`.
    package func decode(_ tokens: [UInt32]) throws(TokenizationError) -> Bytes {
        var bytes: Bytes = []
        for token in tokens {
            if let special = encoding.specialTokens[token] {
                bytes += special.utf8
            } else if token < tables.limit {
                let start = tables.text + Int(tables.starts[Int(token)])
                bytes += UnsafeBufferPointer(start: start, count: tables.length(of: token))
            } else {
                throw .unknownToken(token)
            }
        }
        return bytes
    }

    private func encode(_ utf8: UnsafeBufferPointer<UInt8>, into sink: inout some TokenSink) {
        guard let start = utf8.baseAddress else { return }
        let limit = start + utf8.count
        switch encoding {
        case .o200k: encode(start, limit, with: O200KSplitter(table: .unicode), into: &sink)
        case .cl100k: encode(start, limit, with: CL100KSplitter(table: .unicode), into: &sink)
        case .p50k, .r50k: encode(start, limit, with: GPT2Splitter(table: .unicode), into: &sink)
        }
    }

    @inline(__always)
    private func encode(
        _ start: UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>, with splitter: some PieceSplitter,
        into sink: inout some TokenSink
    ) {
        let tables = tables
        var merge = PieceMerge(tables: tables)
        var place = start
        while place < limit {
            let end = splitter.end(ofPieceAt: place, limit: limit)
            let token = tables.token(place, end)
            if token != BytePairTables.none {
                sink.append(token)
            } else {
                sink.append(place, end, with: &merge)
            }
            place = end
        }
    }
}
