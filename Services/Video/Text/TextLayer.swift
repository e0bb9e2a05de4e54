package import Media

/// Drawn text, ready to be laid over pictures of one kind: drawn and brought to their colours once, laid over as often as it is
/// seen.
package final class TextLayer: Sendable {
    /// One component's part: where it lies, how much it covers and what it adds, the colour times the coverage.
    struct Plane: Sendable {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
        let coverage: [UInt8]
        let value: [UInt8]
        /// The columns of each row that are covered.
        let spans: [Range<Int>]
    }

    /// Luma and two of chroma, or red, green and blue.
    let planes: [Plane]

    init(planes: [Plane]) { self.planes = planes }

    /// The rectangle that is covered, in pixels.
    package var bounds: (x: Int, y: Int, width: Int, height: Int) {
        (planes[0].x, planes[0].y, planes[0].width, planes[0].height)
    }

    /// Lays the text over a picture.
    /// - Parameter frame: its own memory, of the size and kind that the text was drawn for.
    package func draw(on frame: VideoFrame) {
        guard let components = frame.components else { return }
        for (component, plane) in zip(components.all, planes) {
            for row in 0..<plane.height where !plane.spans[row].isEmpty {
                let start = UnsafeMutablePointer(mutating: component.start) + (plane.y + row) * component.rowStride
                let (place, span) = (row * plane.width, plane.spans[row])
                plane.coverage.withUnsafeBufferPointer { coverage in
                    plane.value.withUnsafeBufferPointer { value in
                        guard let coverage = coverage.baseAddress, let value = value.baseAddress else { return }
                        let first = place + span.lowerBound
                        let target = start + (plane.x + span.lowerBound) * component.step
                        if component.depth > 8 {
                            Self.blendDeep(target, coverage + first, value + first, span.count, component)
                        } else {
                            Self.blend(target, coverage + first, value + first, span.count, component.step)
                        }
                    }
                }
            }
        }
    }

    private static func blend(
        _ target: UnsafeMutablePointer<UInt8>, _ coverage: UnsafePointer<UInt8>, _ value: UnsafePointer<UInt8>, _ count: Int,
        _ step: Int
    ) {
        if step == 1 {
            for index in 0..<count { target[index] = mixed(target[index], coverage[index], value[index]) }
        } else {
            for index in 0..<count { target[index &* step] = mixed(target[index &* step], coverage[index], value[index]) }
        }
    }

    @inline(__always)
    private static func mixed(_ below: UInt8, _ coverage: UInt8, _ value: UInt8) -> UInt8 {
        // Exactly a rounded division by 255. Source: J. Blinn, "Three Wrongs Make a Right", IEEE CG&A 1995.
        let product = UInt16(below) &* UInt16(255 &- coverage) &+ 128
        return UInt8(truncatingIfNeeded: min(255, (product &+ product >> 8) >> 8 &+ UInt16(value)))
    }

    /// Samples of 9 to 16 bits in two bytes each.
    private static func blendDeep(
        _ target: UnsafeMutablePointer<UInt8>, _ coverage: UnsafePointer<UInt8>, _ value: UnsafePointer<UInt8>, _ count: Int,
        _ component: PixelComponents.Component
    ) {
        let most = (UInt32(1) << UInt32(component.depth)) - 1
        for index in 0..<count where coverage[index] > 0 {
            (target + index * component.step).withMemoryRebound(to: UInt16.self, capacity: 1) { sample in
                let below = UInt32(sample.pointee) >> UInt32(component.shift)
                let kept = (below * UInt32(255 - coverage[index]) + 127) / 255
                let light = min(most, kept + UInt32(value[index]) << UInt32(component.depth - 8))
                sample.pointee = UInt16(light << UInt32(component.shift))
            }
        }
    }
}
