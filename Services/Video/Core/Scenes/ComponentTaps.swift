import Media

/// Reads the samples of one component that the samples of a small row are interpolated between.
struct ComponentTaps {
    private let component: PixelComponents.Component
    /// How many rows of the picture share one of the component, as a power of two.
    private let shiftY: Int
    /// Bytes from the beginning of a row to the two samples.
    private let first: [Int32]
    private let second: [Int32]
    /// All bits where the second sample is another one than the first.
    private let differs: [Int16]
    /// Whether a sample's bits reach into a second byte.
    private let isWide: Bool
    /// Bytes of a row as far as it is read.
    let rowBytes: Int

    /// - Parameter number: of the component.
    init(_ components: PixelComponents, _ number: Int, _ columns: SampleTaps) {
        let (component, isChroma) = (components.all[number], number > 0 && !components.isRGB)
        let shiftX = isChroma ? components.chromaShiftX : 0
        func bytes(_ column: Int) -> Int32 { Int32((column >> shiftX) * component.step) }
        (first, second) = (columns.first.map(bytes), columns.second.map(bytes))
        differs = zip(first, second).map { $0 == $1 ? 0 : -1 }
        isWide = component.shift + component.depth > 8
        rowBytes = Int(second.last ?? 0) + (isWide ? 2 : 1)
        (self.component, shiftY) = (component, isChroma ? components.chromaShiftY : 0)
    }

    /// The component's row that has a row of the picture in it.
    func row(_ row: Int) -> Int { row >> shiftY }

    /// - Parameters:
    ///   - row: of the component.
    ///   - left: takes the first samples as eight bits; `right` the second ones.
    ///   - near: room for a byte more than `rowBytes`: memory gives a whole row sooner than single samples of it.
    func read(
        _ row: Int, into left: UnsafeMutablePointer<Int16>, _ right: UnsafeMutablePointer<Int16>, near: UnsafeMutableRawPointer
    ) {
        near.copyMemory(from: component.start + row * component.rowStride, byteCount: rowBytes)
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                if component.depth == 8, component.step == 1 { return readPairs(first, left, right, near) }
                let source = UnsafePointer(near.assumingMemoryBound(to: UInt8.self))
                func sample(_ place: Int) -> Int16 {
                    let word = isWide ? Int32(source[place]) | Int32(source[place + 1]) << 8 : Int32(source[place])
                    let value = word >> Int32(component.shift) & (1 << Int32(component.depth) - 1)
                    return Int16(truncatingIfNeeded: value >> Int32(component.depth - 8))
                }
                for index in 0..<first.count {
                    (left[index], right[index]) = (sample(Int(first[index])), sample(Int(second[index])))
                }
            }
        }
    }

    /// Reads samples of a byte together with their neighbours.
    private func readPairs(
        _ first: UnsafeBufferPointer<Int32>, _ left: UnsafeMutablePointer<Int16>, _ right: UnsafeMutablePointer<Int16>,
        _ near: UnsafeMutableRawPointer
    ) {
        for index in 0..<first.count { right[index] = near.loadUnaligned(fromByteOffset: Int(first[index]), as: Int16.self) }
        differs.withUnsafeBufferPointer { differs in
            for index in 0..<differs.count {
                let pair = UInt16(bitPattern: Int16(littleEndian: right[index]))
                let (sample, next) = (Int16(pair & 255), Int16(pair >> 8))
                left[index] = sample
                right[index] = sample ^ ((sample ^ next) & differs[index])
            }
        }
    }
}
