import Media

/// Scales a part of a picture, whose sides may lie between pixels, by linear interpolation in both directions.
struct PictureSampler {
    /// Between which two samples a place lies, and the weight of the second, 0 to 256.
    struct Place {
        let index: Int
        let weight: Int32
    }

    let from: VideoFrame.Plane
    /// Parts of the picture's width and height.
    let left: Double
    let top: Double
    let width: Double
    let height: Double

    func draw(on to: VideoFrame.Plane) {
        let columns = Self.places(to.width, from.width, start: left, length: width)
        let rows = Self.places(to.height, from.height, start: top, length: height)
        let first = columns.first?.index ?? 0
        let count = min(from.width, (columns.last?.index ?? 0) + 2) - first
        // One row between two of the picture's, its samples times 256.
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count + 1) { line in
            columns.withUnsafeBufferPointer { columns in
                for (row, place) in rows.enumerated() {
                    let above = from.start + place.index * from.stride + first
                    let below = from.start + min(from.height - 1, place.index + 1) * from.stride + first
                    let (one, two) = (UInt16(256 - place.weight), UInt16(place.weight))
                    for column in 0..<count { line[column] = UInt16(above[column]) &* one &+ UInt16(below[column]) &* two }
                    line[count] = line[count - 1]
                    let target = to.start + row * to.stride
                    for column in 0..<to.width {
                        let place = columns[column]
                        let (a, b) = (Int32(line[place.index &- first]), Int32(line[place.index &- first &+ 1]))
                        target[column] = UInt8(truncatingIfNeeded: (a &* (256 &- place.weight) &+ b &* place.weight &+ 32768) >> 16)
                    }
                }
            }
        }
    }

    private static func places(_ count: Int, _ samples: Int, start: Double, length: Double) -> [Place] {
        let step = length * Double(samples) / Double(count)
        return (0..<count).map { index in
            let place = max(0, min(Double(samples - 1), start * Double(samples) + (Double(index) + 0.5) * step - 0.5))
            let whole = min(samples - 1, Int(place))
            return Place(index: whole, weight: Int32(((place - Double(whole)) * 256).rounded()))
        }
    }
}
