import CChromaprint
import Primitives

/// What a recording sounds like: one 32-bit item for every 0.124 seconds, each about the chroma of the 2.7 seconds from there on.
///
/// The algorithm is Chromaprint's, as AcoustID uses it (L. Lalinský, "How does Chromaprint work?", 2011; after Y. Ke, D. Hoiem,
/// R. Sukthankar, "Computer Vision for Music Identification", CVPR 2005). What sounds alike has items that differ in few bits.
package struct Fingerprint: Sendable, Hashable {
    /// The library's number of the algorithm; `fpcalc -algorithm` counts from 1, so this is its 2.
    package static let algorithm = Int(CHROMAPRINT_ALGORITHM_DEFAULT.rawValue)
    /// Seconds from one item to the next: a third of a frame of 4096 samples at 11025 Hz.
    package static let hop = Double(4096 / 3) / 11_025
    /// Seconds of sound that one item is made of: 20 frames, that is a filter over 5 and a classifier over 16 of its outputs.
    package static let window = Double(4096 + 19 * (4096 / 3)) / 11_025

    package let items: [UInt32]

    /// - Parameter items: in the order of time.
    package init(items: [UInt32]) {
        self.items = items
    }

    /// Seconds of sound that the items speak of.
    package var duration: Double { Self.duration(items: items.count) }

    /// Seconds of sound that so many items in a row speak of.
    static func duration(items: Int) -> Double { items == 0 ? 0 : Double(items - 1) * hop + window }

    /// Reads a compressed fingerprint in base64, as `fpcalc` prints it and AcoustID takes it.
    /// - Throws: `FingerprintError.notAFingerprint`, `.otherAlgorithm`.
    package init(compressed text: String) throws(FingerprintError) {
        let bytes = text.utf8.map { CChar(truncatingIfNeeded: $0) }
        guard !bytes.isEmpty, bytes.count < Int(Int32.max) else { throw .notAFingerprint }
        var (raw, count, algorithm): (UnsafeMutablePointer<UInt32>?, Int32, Int32) = (nil, 0, 0)
        let status = chromaprint_decode_fingerprint(bytes, Int32(bytes.count), &raw, &count, &algorithm, 1)
        defer { chromaprint_dealloc(raw) }
        guard status == 1, let raw, count > 0 else { throw .notAFingerprint }
        guard algorithm == Int32(Self.algorithm) else { throw .otherAlgorithm(Int(algorithm) + 1) }
        items = Array(UnsafeBufferPointer(start: raw, count: Int(count)))
    }

    /// The compressed form in base64, as `fpcalc` prints it.
    /// - Throws: `FingerprintError.outOfMemory`.
    package func compressed() throws(FingerprintError) -> String {
        var (text, size): (UnsafeMutablePointer<CChar>?, Int32) = (nil, 0)
        let status = chromaprint_encode_fingerprint(items, Int32(items.count), Int32(Self.algorithm), &text, &size, 1)
        defer { chromaprint_dealloc(text) }
        guard status == 1, let text else { throw .outOfMemory }
        return String(decoding: UnsafeRawBufferPointer(start: text, count: Int(size)), as: UTF8.self)
    }

    /// The items as bytes, the lowest first.
    var bytes: Bytes {
        items.map(\.littleEndian).withUnsafeBytes { Bytes($0) }
    }

    /// - Parameter bytes: what `bytes` gave.
    init(bytes: Bytes) {
        items = [UInt32](unsafeUninitializedCapacity: bytes.count / 4) { items, count in
            count = bytes.count / 4
            UnsafeMutableRawBufferPointer(items).copyBytes(from: bytes.prefix(count * 4))
            for index in 0..<count { items[index] = UInt32(littleEndian: items[index]) }
        }
    }
}
