import Glibc

/// How good a picture is to look at, measured.
package struct PictureQuality: Sendable {
    /// Pixels that pictures are judged at: small enough that noise is no sharpness, large enough that blur shows.
    package static let width = 512
    /// Standard deviation of luma below which a picture shows next to nothing.
    private static let plain = 10.0
    /// Mean luma outside of which a picture is black or white.
    private static let usable = 24.0...236.0

    /// How much sharper the picture's edges are than its grain: the variance of the Laplacian of luma over blocks, less what the
    /// quietest quarter of them has, for noise is everywhere and edges are not. Source of the measure: J. L. Pech-Pacheco et al.,
    /// "Diatom autofocusing in brightfield microscopy: a comparative study", ICPR 2000.
    package let sharpness: Double
    /// Mean luma, 0 to 255.
    package let brightness: Double
    /// Standard deviation of luma.
    package let contrast: Double
    /// The share of pixels that are all black or all white, 0 to 1.
    package let clipped: Double
    /// Source: D. Hasler, S. Süsstrunk, "Measuring colourfulness in natural images", SPIE 5007 (2003); 0 is grey, 100 vivid.
    package let colorfulness: Double

    /// Whether the picture is of one colour, black or white.
    package var isEmpty: Bool { contrast < Self.plain || !Self.usable.contains(brightness) }

    /// From 0 to 1. A product: what is burnt out or blurred is no good picture, however colourful.
    package var score: Double {
        guard !isEmpty else { return 0 }
        let sharp = min(1, log2(1 + sharpness) / 10)
        let light = max(0, min(1, (brightness - 15) / 35, (240 - brightness) / 50))
        let exposed = light * max(0, 1 - 3 * clipped)
        return sharp * exposed * (0.5 + 0.5 * min(1, contrast / 50)) * (0.8 + 0.2 * min(1, colorfulness / 60))
    }

    package init(_ picture: AnalysisPicture) {
        let (width, height, luma) = (picture.width, picture.height, picture.luma)
        var (sum, squares, extremes) = (0, 0, 0)
        for light in luma {
            sum &+= Int(light)
            squares &+= Int(light) &* Int(light)
            if light < 6 || light > 249 { extremes &+= 1 }
        }
        let count = Double(max(1, luma.count))
        brightness = Double(sum) / count
        contrast = max(0, Double(squares) / count - brightness * brightness).squareRoot()
        clipped = Double(extremes) / count
        sharpness = Self.sharpness(luma, width, height)
        colorfulness = Self.colorfulness(picture)
    }

    /// Pixels of a block's side.
    private static let block = 16

    private static func sharpness(_ luma: [UInt8], _ width: Int, _ height: Int) -> Double {
        var energies: [Double] = []
        luma.withUnsafeBufferPointer { luma in
            for top in stride(from: 1, to: height - 1, by: block) {
                for left in stride(from: 1, to: width - 1, by: block) {
                    let (bottom, right) = (min(height - 1, top + block), min(width - 1, left + block))
                    var (sum, squares) = (0, 0)
                    for y in top..<bottom {
                        for place in y &* width &+ left..<y &* width &+ right {
                            let around =
                                Int(luma[place &- 1]) &+ Int(luma[place &+ 1]) &+ Int(luma[place &- width])
                                &+ Int(luma[place &+ width])
                            let edge = around &- 4 &* Int(luma[place])
                            sum &+= edge
                            squares &+= edge &* edge
                        }
                    }
                    let count = Double((bottom - top) * (right - left))
                    energies.append(Double(squares) / count - (Double(sum) / count) * (Double(sum) / count))
                }
            }
        }
        guard !energies.isEmpty else { return 0 }
        let quiet = energies.sorted()[energies.count / 4]
        return energies.reduce(0) { $0 + max(0, $1 - quiet) } / Double(energies.count)
    }

    private static func colorfulness(_ picture: AnalysisPicture) -> Double {
        picture.withColors { reds, greens, blues in
            var (sumA, sumB, squareA, squareB) = (0, 0, 0, 0)
            for place in 0..<reds.count {
                let (red, green, blue) = (Int(reds[place]), Int(greens[place]), Int(blues[place]))
                // Twice the second axis, so that it is a whole number.
                let (a, b) = (red &- green, red &+ green &- 2 &* blue)
                sumA &+= a
                sumB &+= b
                squareA &+= a &* a
                squareB &+= b &* b
            }
            let count = Double(max(1, reds.count))
            let (meanA, meanB) = (Double(sumA) / count, Double(sumB) / count / 2)
            let spread = Double(squareA) / count - meanA * meanA + Double(squareB) / count / 4 - meanB * meanB
            return max(0, spread).squareRoot() + 0.3 * (meanA * meanA + meanB * meanB).squareRoot()
        }
    }
}
