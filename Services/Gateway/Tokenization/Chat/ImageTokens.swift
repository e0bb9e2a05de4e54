import Glibc

/// What images cost, by the providers' documented rules.
enum ImageTokens {
    /// A square of 512 pixels costs `tile`, the image `base` besides (OpenAI, "Images and vision", calculating costs).
    ///
    /// The image is made to fit 2048 by 2048, then its shorter side 768; neither makes it larger.
    static func tiled(_ image: ChatShape.Image, base: Int, tile: Int) -> Int {
        if image.isLowDetail { return base }
        var (width, height) = (Double(image.width), Double(image.height))
        let fit = min(1, 2048 / max(width, height))
        (width, height) = (width * fit, height * fit)
        let shorter = min(1, 768 / min(width, height))
        (width, height) = (width * shorter, height * shorter)
        return base + tile * Int((width / 512).rounded(.up) * (height / 512).rounded(.up))
    }

    /// Squares of 32 pixels, at most 1536 of them, times the model's factor (OpenAI, the same page).
    static func patched(_ image: ChatShape.Image, factor: Double) -> Int {
        let most = 1536.0
        let (width, height) = (Double(image.width) / 32, Double(image.height) / 32)
        var patches = width.rounded(.up) * height.rounded(.up)
        if patches > most {
            var scale = (most / (width * height)).squareRoot()
            // As much smaller as a whole number of squares in one direction needs.
            scale *= min((width * scale).rounded(.down) / (width * scale), (height * scale).rounded(.down) / (height * scale))
            patches = max((width * scale).rounded(.up), 1) * max((height * scale).rounded(.up), 1)
        }
        return Int((min(patches, most) * factor).rounded(.up))
    }

    /// Width times height in pixels by 750, the image made to fit the longest side and the most tokens first (Anthropic,
    /// "Vision").
    static func claude(_ image: ChatShape.Image, longestSide: Double, most: Int) -> Int {
        let (width, height) = (Double(image.width), Double(image.height))
        let scale = min(1, longestSide / max(width, height))
        return min(Int((width * scale * height * scale / 750).rounded(.up)), most)
    }

    /// 258 for a small image, and for each of the tiles that a larger one is cut into (Google, "Image understanding").
    static func gemini(_ image: ChatShape.Image) -> Int {
        let tile = 258
        if max(image.width, image.height) <= 384 { return tile }
        let (width, height) = (Double(image.width), Double(image.height))
        let unit = max((min(width, height) / 1.5).rounded(.down), 256)
        return tile * Int((width / unit).rounded(.up) * (height / unit).rounded(.up))
    }
}
