import CChromaprint

/// Makes the fingerprint of audio that comes in pieces.
///
/// ```swift
/// let fingerprinter = try Fingerprinter(sampleRate: 44_100, channels: 2)
/// for piece in pieces { try fingerprinter.append(piece) }
/// let fingerprint = try fingerprinter.finish()
/// ```
package final class Fingerprinter {
    private let context: OpaquePointer

    /// - Parameters:
    ///   - sampleRate: hertz; 1000 or more.
    ///   - channels: 1 or 2.
    /// - Throws: `FingerprintError.format`, `.outOfMemory`.
    package init(sampleRate: Int, channels: Int) throws(FingerprintError) {
        guard let context = chromaprint_new(Int32(Fingerprint.algorithm)) else { throw .outOfMemory }
        self.context = context
        guard (1...2).contains(channels), (1000...768_000).contains(sampleRate),
            chromaprint_start(context, Int32(sampleRate), Int32(channels)) == 1
        else { throw .format(sampleRate: sampleRate, channels: channels) }
    }

    deinit {
        chromaprint_free(context)
    }

    /// Adds sound.
    /// - Parameter samples: 16-bit samples, the channels interleaved; whole frames.
    /// - Throws: `FingerprintError.outOfMemory`.
    package func append(_ samples: UnsafeBufferPointer<Int16>) throws(FingerprintError) {
        guard !samples.isEmpty else { return }
        guard chromaprint_feed(context, samples.baseAddress, Int32(samples.count)) == 1 else { throw .outOfMemory }
    }

    /// The fingerprint of everything that was added. Nothing can be added after it.
    /// - Throws: `FingerprintError.tooShort` when the sound does not fill one item, `.outOfMemory`.
    package func finish() throws(FingerprintError) -> Fingerprint {
        guard chromaprint_finish(context) == 1 else { throw .outOfMemory }
        var (raw, count): (UnsafeMutablePointer<UInt32>?, Int32) = (nil, 0)
        let status = chromaprint_get_raw_fingerprint(context, &raw, &count)
        defer { chromaprint_dealloc(raw) }
        guard status == 1 else { throw .outOfMemory }
        guard let raw, count > 0 else { throw .tooShort }
        return Fingerprint(items: Array(UnsafeBufferPointer(start: raw, count: Int(count))))
    }
}
