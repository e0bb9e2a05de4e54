@testable import AudioWatermark

/// Whole recordings through the embedder and the detector, in blocks of odd sizes.
enum Marking {
    static let key = Array("the key of the tests".utf8)
    static let identifier: UInt64 = 0xC0FF_EE12_3456_789A

    static func embed(
        _ planes: [[Float]], sampleRate: Int, identifier: UInt64 = identifier, strength: Double = 1, block: Int = 1777
    ) throws -> [[Float]] {
        let embedder = try WatermarkEmbedder(
            key: key, identifier: identifier, sampleRate: sampleRate, channels: planes.count, strength: strength)
        var output = planes.map { _ in [Float]() }
        for start in stride(from: 0, to: planes[0].count, by: block) {
            withBlocks(planes, start, min(block, planes[0].count - start)) { embedder.append($0) }
            read(embedder, into: &output)
        }
        embedder.finish()
        read(embedder, into: &output)
        return output
    }

    static func detect(_ planes: [[Float]], sampleRate: Int, key: [UInt8] = key, speeds: [Double] = [1]) throws
        -> [WatermarkDetection]
    {
        let detector = try WatermarkDetector(key: key, sampleRate: sampleRate, channels: planes.count, speeds: speeds)
        for start in stride(from: 0, to: planes[0].count, by: 3001) {
            withBlocks(planes, start, min(3001, planes[0].count - start)) { detector.append($0) }
        }
        return detector.finish()
    }

    static func ratio(_ original: [Float], _ marked: [Float]) -> Float {
        let signal = original.reduce(0) { $0 + $1 * $1 }
        return signal / zip(original, marked).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    private static func read(_ embedder: WatermarkEmbedder, into output: inout [[Float]]) {
        let parts = output.map { _ in UnsafeMutableBufferPointer<Float>.allocate(capacity: embedder.available) }
        _ = embedder.read(into: parts)
        for (channel, part) in parts.enumerated() {
            output[channel] += part
            part.deallocate()
        }
    }

    private static func withBlocks(_ planes: [[Float]], _ start: Int, _ count: Int, body: ([UnsafeBufferPointer<Float>]) -> Void) {
        let parts = planes.map { plane in
            let part = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
            _ = part.initialize(from: plane[start..<start + count])
            return part
        }
        body(parts.map { UnsafeBufferPointer($0) })
        for part in parts { part.deallocate() }
    }
}
