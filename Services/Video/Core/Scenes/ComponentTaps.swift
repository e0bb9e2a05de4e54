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
        if component.depth == 8, component.step == 1 {
            readPairs(left, right, near)
        } else if isWide {
            readWords(UInt16.self, left, right, near)
        } else {
            readWords(UInt8.self, left, right, near)
        }
    }

    /// Reads samples one by one, and brings them to eight bits.
    @inline(__always)
    private func readWords<Word: FixedWidthInteger & BitwiseCopyable>(
        _: Word.Type, _ left: UnsafeMutablePointer<Int16>, _ right: UnsafeMutablePointer<Int16>, _ near: UnsafeMutableRawPointer
    ) {
        let (shift, bits) = (UInt16(component.shift), UInt16(truncatingIfNeeded: UInt32(1) << UInt32(component.depth) &- 1))
        let (widening, narrowing) = (UInt16(max(0, 8 - component.depth)), UInt16(max(0, component.depth - 8)))
        for (offsets, samples) in [(first, left), (second, right)] {
            offsets.withUnsafeBufferPointer { offsets in
                for index in 0..<offsets.count {
                    let word = Word(littleEndian: near.loadUnaligned(fromByteOffset: Int(offsets[index]), as: Word.self))
                    samples[index] = Int16(truncatingIfNeeded: word)
                }
                for index in 0..<offsets.count {
                    let sample = UInt16(bitPattern: samples[index]) &>> shift & bits
                    samples[index] = Int16(bitPattern: (sample &<< widening) &>> narrowing)
                }
            }
        }
    }

    /// Reads samples of a byte together with their neighbours.
    private func readPairs(
        _ left: UnsafeMutablePointer<Int16>, _ right: UnsafeMutablePointer<Int16>, _ near: UnsafeMutableRawPointer
    ) {
        first.withUnsafeBufferPointer { first in
            for index in 0..<first.count {
                right[index] = Int16(littleEndian: near.loadUnaligned(fromByteOffset: Int(first[index]), as: Int16.self))
            }
        }
        differs.withUnsafeBufferPointer { differs in
            for index in 0..<differs.count {
                let pair = UInt16(bitPattern: right[index])
                let (sample, next) = (Int16(pair & 255), Int16(pair >> 8))
                left[index] = sample
                right[index] = sample ^ ((sample ^ next) & differs[index])
            }
        }
    }
}
