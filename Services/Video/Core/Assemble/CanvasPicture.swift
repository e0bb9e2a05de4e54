import Media
import VideoText

extension VideoFrame {
    /// One component's samples, of eight bits each.
    struct Plane {
        let start: UnsafeMutablePointer<UInt8>
        let stride: Int
        let width: Int
        let height: Int
    }

    /// Luma and two of chroma of a picture in 4:2:0 of eight bits.
    var planes: [Plane] {
        (components?.all ?? []).enumerated().map { index, component in
            Plane(
                start: UnsafeMutablePointer(mutating: component.start), stride: component.rowStride,
                width: index == 0 ? width : (width + 1) / 2, height: index == 0 ? height : (height + 1) / 2)
        }
    }

    /// Gives all of the picture one colour.
    func fill(_ samples: [UInt8]) {
        for (plane, sample) in zip(planes, samples) {
            for row in 0..<plane.height { (plane.start + row * plane.stride).update(repeating: sample, count: plane.width) }
        }
    }

    /// Copies a part of another picture to the same place.
    func copy(_ other: VideoFrame, rows: Range<Int>, columns: Range<Int>) {
        put(
            other, fromX: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count, toX: columns.lowerBound,
            y: rows.lowerBound)
    }

    /// Copies another picture whole to a place; the place has to be even.
    func put(_ other: VideoFrame, atX x: Int, y: Int) {
        put(other, fromX: 0, y: 0, width: other.width, height: other.height, toX: x, y: y)
    }

    private func put(_ other: VideoFrame, fromX: Int, y fromY: Int, width: Int, height: Int, toX: Int, y toY: Int) {
        for (index, (target, source)) in zip(planes, other.planes).enumerated() {
            let shift = index == 0 ? 0 : 1
            let (columns, rows) = ((width + shift) >> shift, (height + shift) >> shift)
            for row in 0..<rows {
                let from = source.start + ((fromY >> shift) + row) * source.stride + fromX >> shift
                (target.start + ((toY >> shift) + row) * target.stride + toX >> shift).update(from: from, count: columns)
            }
        }
    }

    /// Becomes the sum of two pictures.
    /// - Parameter weight: of the second, 0 to 256.
    func blend(_ first: VideoFrame, _ second: VideoFrame, weight: Int) {
        let (above, below) = (UInt16(weight), UInt16(256 - weight))
        for (target, (a, b)) in zip(planes, zip(first.planes, second.planes)) {
            for row in 0..<target.height {
                let to = target.start + row * target.stride
                let (one, two) = (a.start + row * a.stride, b.start + row * b.stride)
                var column = 0
                while column + 16 <= target.width {
                    let mixed =
                        (SIMD16<UInt16>(truncatingIfNeeded: one.vector(column)) &* below)
                        &+ (SIMD16<UInt16>(truncatingIfNeeded: two.vector(column)) &* above) &+ 128
                    to.store(SIMD16<UInt8>(truncatingIfNeeded: mixed &>> 8), column)
                    column += 16
                }
                while column < target.width {
                    to[column] = UInt8(
                        truncatingIfNeeded: (UInt16(one[column]) &* below &+ UInt16(two[column]) &* above &+ 128) >> 8)
                    column += 1
                }
            }
        }
    }
}

extension UnsafeMutablePointer<UInt8> {
    @inline(__always)
    fileprivate func vector(_ index: Int) -> SIMD16<UInt8> {
        UnsafeRawPointer(self + index).loadUnaligned(as: SIMD16<UInt8>.self)
    }

    @inline(__always)
    fileprivate func store(_ vector: SIMD16<UInt8>, _ index: Int) {
        UnsafeMutableRawPointer(self + index).storeBytes(of: vector, as: SIMD16<UInt8>.self)
    }
}
