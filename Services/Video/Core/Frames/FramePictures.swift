import Media
import Primitives

/// Takes frames out of a video and writes them as pictures: upright, of square pixels, in colours that a screen shows.
struct FramePictures {
    let format: StillFormat
    /// 1 to 100.
    let quality: Int
    /// Pixels at most; the shape is kept, nothing is enlarged.
    var width: Int?
    var height: Int?

    /// - Parameters:
    ///   - path: of the video; `index` of its frames.
    ///   - times: seconds from the start of the video.
    ///   - original: what the video is called.
    ///   - suffix: names a picture by its number, from 1, and the seconds of its frame.
    ///   - progress: called with the fraction done.
    /// - Returns: the seconds of the frames taken, and the pictures' size.
    /// - Throws: `MediaError`; `VideoError.noPictures`.
    func write(
        _ path: String, index: FrameIndex, at times: [Double], to files: PictureFiles, named original: String,
        suffix: (Int, Double) -> String, progress: (Double) -> Void
    ) throws -> (times: [Double], width: Int, height: Int) {
        let sampler = try FrameSampler(path: path, index: index, times: times)
        guard var frame = try sampler.next() else { throw VideoError.noPictures }
        let chain = PictureChain.still(
            sampler.format, rotation: sampler.rotation, color: sampler.color, width: width, height: height, format)
        let graph = try VideoFilterGraph(chain.description, format: sampler.format)
        var taken: [Double] = []
        while true {
            taken.append(frame.time)
            try files.add(
                graph.apply(frame), format, quality, named: original, suffix: suffix(taken.count, frame.time))
            progress(Double(taken.count) / Double(times.count))
            guard let next = try sampler.next() else { break }
            frame = next
        }
        return (taken, chain.width, chain.height)
    }
}
