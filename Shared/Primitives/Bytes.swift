/// A chunk of raw bytes, the currency of bodies, payloads and digests.
package typealias Bytes = [UInt8]
