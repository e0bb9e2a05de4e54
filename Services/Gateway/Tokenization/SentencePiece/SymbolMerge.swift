/// Merges the characters of a text into pieces as SentencePiece does: of all neighbours that together are a piece, those of
/// the best score first, the leftmost of equal ones (T. Kudo and J. Richardson, "SentencePiece", 2018; `bpe_model.cc`).
struct SymbolMerge {
    /// A part of the text: a character at first, and what became of it.
    struct Symbol {
        var start: Int
        /// 0 when it was merged into the one before.
        var length: Int
        var previous: Int
        var next: Int
        /// A user-defined symbol, which is never merged.
        var isFrozen: Bool
    }

    private struct Candidate {
        let rank: UInt32
        let left: Int
        let length: Int

        @inline(__always) func comesBefore(_ other: Candidate) -> Bool { (rank, left) < (other.rank, other.left) }
    }

    let table: PieceTable
    private(set) var symbols: [Symbol] = []
    /// A binary heap, the next merge at the top.
    private var heap: [Candidate] = []

    init(table: PieceTable) { self.table = table }

    /// Forgets the last text.
    mutating func begin() { symbols.removeAll(keepingCapacity: true) }

    /// Adds the text's next character or user-defined symbol.
    mutating func append(start: Int, length: Int, isFrozen: Bool) {
        symbols.append(
            Symbol(start: start, length: length, previous: symbols.count - 1, next: symbols.count + 1, isFrozen: isFrozen))
    }

    /// Merges as long as there is something to merge. The symbols of a length other than 0 are the pieces, or unknown characters.
    mutating func merge(_ text: UnsafeBufferPointer<UInt8>) {
        for index in symbols.indices.dropLast() { offer(index, text) }
        while let best = pop() {
            let next = symbols[best.left].next
            guard symbols[best.left].length > 0, next < symbols.count,
                symbols[best.left].length + symbols[next].length == best.length
            else { continue }
            symbols[best.left].length = best.length
            symbols[next].length = 0
            let after = symbols[next].next
            symbols[best.left].next = after
            if after < symbols.count {
                symbols[after].previous = best.left
                offer(best.left, text)
            }
            if symbols[best.left].previous >= 0 { offer(symbols[best.left].previous, text) }
        }
    }

    /// Puts a symbol and its next one on the heap, when they are a piece.
    private mutating func offer(_ left: Int, _ text: UnsafeBufferPointer<UInt8>) {
        let (first, second) = (symbols[left], symbols[symbols[left].next])
        if first.isFrozen || second.isFrozen { return }
        let length = first.length + second.length
        let piece = table.find(UnsafeBufferPointer(rebasing: text[first.start..<first.start + length]))
        if piece != PieceTable.none { push(Candidate(rank: table.ranks[Int(piece)], left: left, length: length)) }
    }

    private mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var place = heap.count - 1
        while place > 0, case let parent = (place - 1) / 2, candidate.comesBefore(heap[parent]) {
            heap[place] = heap[parent]
            place = parent
        }
        heap[place] = candidate
    }

    private mutating func pop() -> Candidate? {
        guard let best = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return best }
        var place = 0
        while case var child = 2 * place + 1, child < heap.count {
            if child + 1 < heap.count, heap[child + 1].comesBefore(heap[child]) { child += 1 }
            guard heap[child].comesBefore(last) else { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = last
        return best
    }
}
