package import Primitives

/// The pieces of a streamed answer that is to be kept, as long as they are few enough to be.
package struct AnswerRecording: Sendable {
    /// What has come so far; `nil` once it is more than can be kept.
    package private(set) var pieces: [Bytes]? = []
    private var room: Int

    /// - Parameter limit: the most that can be kept of one answer.
    package init(limit: ByteSize) {
        room = Int(limit.bytes)
    }

    /// Takes the next piece, or lets go of all of them.
    package mutating func append(_ piece: Bytes) {
        guard piece.count <= room else { return pieces = nil }
        room -= piece.count
        pieces?.append(piece)
    }
}
