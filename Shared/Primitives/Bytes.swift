/// A chunk of raw bytes, the currency of bodies, payloads and digests.
package typealias Bytes = [UInt8]

extension Bytes {
    /// Appends texts, one after the other.
    package mutating func append(_ texts: String...) {
        for var text in texts {
            text.withUTF8 { text in append(addingCapacity: text.count) { bytes in for byte in text { bytes.append(byte) } } }
        }
    }
}
