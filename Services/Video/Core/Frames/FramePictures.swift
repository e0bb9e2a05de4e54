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
    ) async throws -> (times: [Double], width: Int, height: Int) {
        let sampler = try FrameSampler(path: path, index: index, times: times)
        var next = try sampler.next()
        guard next != nil else { throw VideoError.noPictures }
        let maker = try StillMaker(
            sampler.format, rotation: sampler.rotation, color: sampler.color, format, quality: quality, width: width, height: height
        )
        var taken: [Double] = []
        while let frame = next {
            async let picture = maker.picture(of: frame)
            next = try sampler.next()
            taken.append(frame.time)
            try await files.add(picture, format, named: original, suffix: suffix(taken.count, frame.time))
            progress(Double(taken.count) / Double(times.count))
        }
        return (taken, maker.width, maker.height)
    }
}
