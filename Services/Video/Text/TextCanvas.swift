import CASS

/// Puts the pieces that libass draws over each other, in the colours of the picture they are for.
struct TextCanvas {
    private let x: Int
    private let y: Int
    private let width: Int
    private let height: Int
    private var coverage: [UInt8]
    /// By component: colour times coverage.
    private var values: [[UInt8]]

    /// - Parameters:
    ///   - images: as libass gives them, those below first.
    ///   - alignment: pixels, as powers of two, that the sides of the canvas are multiples of.
    /// - Returns: `nil` when nothing is to be seen.
    init?(_ images: UnsafeMutablePointer<ASS_Image>?, colors: PictureColors, alignment: (x: Int, y: Int)) {
        var (left, top, right, bottom) = (Int.max, Int.max, 0, 0)
        var next = images
        while let image = next?.pointee {
            next = image.next
            guard image.w > 0, image.h > 0 else { continue }
            (left, top) = (min(left, Int(image.dst_x)), min(top, Int(image.dst_y)))
            (right, bottom) = (max(right, Int(image.dst_x + image.w)), max(bottom, Int(image.dst_y + image.h)))
        }
        guard left < right, top < bottom else { return nil }
        func down(_ value: Int, _ bits: Int) -> Int { (value >> bits) << bits }
        (x, y) = (down(left, alignment.x), down(top, alignment.y))
        width = down(right - x + (1 << alignment.x) - 1, alignment.x)
        height = down(bottom - y + (1 << alignment.y) - 1, alignment.y)
        coverage = [UInt8](repeating: 0, count: width * height)
        values = Array(repeating: coverage, count: 3)
        next = images
        while let image = next?.pointee {
            next = image.next
            if image.w > 0, image.h > 0 { put(image, colors) }
        }
    }

    private mutating func put(_ image: ASS_Image, _ colors: PictureColors) {
        let color = TextColor(
            UInt8(truncatingIfNeeded: image.color >> 24), UInt8(truncatingIfNeeded: image.color >> 16),
            UInt8(truncatingIfNeeded: image.color >> 8))
        let (opacity, samples) = (UInt32(255 - image.color & 255), colors.samples(color))
        for row in 0..<Int(image.h) {
            let source = image.bitmap + row * Int(image.stride)
            let start = (Int(image.dst_y) - y + row) * width + Int(image.dst_x) - x
            for column in 0..<Int(image.w) where source[column] > 0 {
                let alpha = (UInt32(source[column]) * opacity + 127) / 255
                let (rest, place) = (255 - alpha, start + column)
                coverage[place] = UInt8(alpha + (UInt32(coverage[place]) * rest + 127) / 255)
                for component in 0..<3 {
                    let value = UInt32(samples[component]) * alpha + UInt32(values[component][place]) * rest
                    values[component][place] = UInt8((value + 127) / 255)
                }
            }
        }
    }

    /// - Parameter shifts: how many pixels share a sample of the second and third component, as powers of two.
    func layer(shifts: (x: Int, y: Int)) -> TextLayer {
        let shared = shifts.x + shifts.y > 0 ? averaged(coverage, shifts) : coverage
        return TextLayer(
            planes: [plane(values[0], coverage, (0, 0))]
                + values.dropFirst().map { plane(shifts.x + shifts.y > 0 ? averaged($0, shifts) : $0, shared, shifts) })
    }

    private func plane(_ value: [UInt8], _ coverage: [UInt8], _ shifts: (x: Int, y: Int)) -> TextLayer.Plane {
        let (columns, rows) = (width >> shifts.x, height >> shifts.y)
        let spans = (0..<rows).map { row -> Range<Int> in
            let line = coverage[row * columns..<(row + 1) * columns]
            guard let first = line.firstIndex(where: { $0 > 0 }), let last = line.lastIndex(where: { $0 > 0 }) else { return 0..<0 }
            return first - row * columns..<last - row * columns + 1
        }
        return TextLayer.Plane(
            x: x >> shifts.x, y: y >> shifts.y, width: columns, height: rows, coverage: coverage, value: value, spans: spans)
    }

    /// The means of the pixels that share a sample.
    private func averaged(_ samples: [UInt8], _ shifts: (x: Int, y: Int)) -> [UInt8] {
        let (columns, rows) = (width >> shifts.x, height >> shifts.y)
        let (count, bits) = (1 << (shifts.x + shifts.y), shifts.x + shifts.y)
        return [UInt8](unsafeUninitializedCapacity: columns * rows) { means, filled in
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum = count / 2
                    for line in 0..<1 << shifts.y {
                        let start = ((row << shifts.y) + line) * width + column << shifts.x
                        for place in start..<start + 1 << shifts.x { sum += Int(samples[place]) }
                    }
                    means[row * columns + column] = UInt8(sum >> bits)
                }
            }
            filled = columns * rows
        }
    }
}
