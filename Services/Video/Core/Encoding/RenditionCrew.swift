import Dispatch
import Media
import Synchronization

// Each rendition has one thread at a time: a frame goes to all of them, and the next one only when all are done with it.
/// Several renditions of one pass, which filter and encode on all cores.
final class RenditionCrew: @unchecked Sendable {
    private let renditions: [Rendition]

    init(_ renditions: [Rendition]) { self.renditions = renditions }

    /// Gives a frame to all.
    /// - Throws: the `MediaError` of the first that failed.
    func take(_ frame: VideoFrame) throws(MediaError) {
        guard renditions.count > 1 else {
            try renditions.first?.take(frame)
            return
        }
        let failure = Mutex<MediaError?>(nil)
        DispatchQueue.concurrentPerform(iterations: renditions.count) { index in
            do throws(MediaError) {
                try renditions[index].take(frame)
            } catch {
                failure.withLock { if $0 == nil { $0 = error } }
            }
        }
        if let error = failure.withLock(\.self) { throw error }
    }
}
