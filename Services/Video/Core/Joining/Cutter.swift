import Media

/// Writes the pieces of a video, each with as little encoding as it needs.
struct Cutter {
    /// What became of a piece.
    struct Cut {
        let frames: Int
        let encoded: Int
        /// Why all of it is encoded; `nil` where it is not.
        var reason: String?
    }

    private let path: String
    private let wantsSound: Bool
    private let target: VideoTarget
    private let smart: SmartCut?
    /// Whether pieces from key frame to key frame are copied.
    private let copies: Bool
    /// Why `smart` is `nil`.
    private let obstacle: String

    /// - Parameter index: of the video's frames.
    init(_ path: String, _ index: FrameIndex, _ parameters: SplitOperation.Parameters) {
        self.path = path
        wantsSound = parameters.encoding.sound != .none
        target = parameters.encoding.videoTarget(.named(.custom))
        let whole =
            parameters.encoding.fieldThatNeedsEncoding.map { "\($0) is given, which only encoding all of it meets" }
            ?? (index.clockJumps > 0 ? "the file's clock jumps, which only encoding mends" : nil)
        if let whole {
            (copies, smart, obstacle) = (false, nil, whole)
            return
        }
        copies = true
        do {
            (smart, obstacle) = (try SmartCut(path: path, index: index), "")
        } catch {
            (smart, obstacle) = (nil, error.message)
        }
    }

    /// - Parameter encode: encodes the whole piece, and gives the number of its frames.
    /// - Throws: `MediaError`, or what `encode` throws.
    func write(
        _ piece: PiecePlan.Piece, to path: String, _ container: MediaContainer, encode: (MediaWriter) throws -> Int
    ) throws -> Cut {
        let reason: String
        do {
            let writer = try MediaWriter(path: path, container: container)
            if piece.isWhole, copies {
                let frames = try PieceCopy(path: self.path, range: piece.fileRange, wantsSound: wantsSound).run(writer)
                return Cut(frames: frames, encoded: 0)
            }
            if let cut = try smart?.write(piece.range, to: writer, target, wantsSound: wantsSound) {
                return Cut(frames: cut.copied + cut.encoded, encoded: cut.encoded)
            }
            reason = smart == nil ? obstacle : "there is no key frame in it that can be copied from"
        } catch {
            // What has to do with the machine helps no other way either.
            guard ![.cancelled, .diskFull, .outOfMemory].contains(error) else { throw error }
            reason = error.message
        }
        let frames = try encode(MediaWriter(path: path, container: container))
        return Cut(frames: frames, encoded: frames, reason: reason)
    }
}
