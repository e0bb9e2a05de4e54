import Media
import VideoText

extension VideoFrame {
    /// The picture before a colour, where parts of it can be seen through; others stay as they are.
    /// - Throws: `MediaError`.
    func opaque(_ background: TextColor) throws(MediaError) -> VideoFrame {
        guard pictureFormat.hasAlpha else { return self }
        let shown = try VideoFilterGraph("format=rgba", format: pictureFormat).apply(self)
        guard let component = shown.components?.all.first else { return self }
        let below = [Int(background.red), Int(background.green), Int(background.blue)]
        let samples = [UInt8](unsafeUninitializedCapacity: width * height * 3) { samples, filled in
            for row in 0..<height {
                for column in 0..<width {
                    let pixel = component.start + row * component.rowStride + column * 4
                    let (place, alpha) = ((row * width + column) * 3, Int(pixel[3]))
                    for part in 0..<3 {
                        samples[place + part] = UInt8((Int(pixel[part]) * alpha + below[part] * (255 - alpha) + 127) / 255)
                    }
                }
            }
            filled = width * height * 3
        }
        return try VideoFrame.picture(width: width, height: height, samples: samples)
    }
}
