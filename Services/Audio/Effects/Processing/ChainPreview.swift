/// Renders one range of a chain's output without the whole input.
///
/// The host seeks to `firstInputFrame` and hands over audio until `isComplete` or the end of the input.
/// ```swift
/// let preview = try ChainPreview(chain, of: 480_000..<960_000, sampleRate: 48_000, channels: 2, totalFrames: length)
/// decoder.seek(toFrame: preview.firstInputFrame)
/// while !preview.isComplete, let frame = try decoder.next() { try preview.process(frame.planes) { play($0) } }
/// try preview.finish { play($0) }
/// ```
/// Chains that change time start at the beginning: what comes before decides what is heard in the range.
package final class ChainPreview {
    private let processor: ChainProcessor
    private let range: Range<Int>
    private var outputFrame: Int

    /// The number of the input frame to begin with: the chain's settling time before the range.
    package let firstInputFrame: Int
    /// How many channels come out.
    package var outputChannels: Int { processor.outputChannels }
    /// See `ChainProcessor.replacedSamples`: of the range and of what was played before it to settle.
    package var replacedSamples: Int { processor.replacedSamples }

    /// - Parameters:
    ///   - range: which frames of the output.
    ///   - totalFrames: how many frames the whole input has, where that is known.
    ///   - The others: as for `ChainProcessor`.
    /// - Throws: as `ChainProcessor`.
    package init(
        _ chain: EffectChain, of range: Range<Int>, sampleRate: Double, channels: Int, impulses: [String: ImpulseResponse] = [:],
        totalFrames: Int? = nil
    ) throws {
        let preroll = (chain.prerollSeconds(impulses: impulses) * sampleRate).rounded(.up)
        firstInputFrame = chain.keepsTime ? Int(max(0, Double(range.lowerBound) - preroll)) : 0
        processor = try ChainProcessor(
            chain, sampleRate: sampleRate, channels: channels, impulses: impulses, startFrame: firstInputFrame,
            totalFrames: totalFrames)
        self.range = range
        outputFrame = firstInputFrame
    }

    /// Whether all of the range came out.
    package var isComplete: Bool { outputFrame >= range.upperBound }

    /// Takes the next frames of the input; what comes out of the range goes to `emit`.
    /// - Throws: what `emit` throws.
    package func process(_ channels: [UnsafeBufferPointer<Float>], emit: (PlanarBlock) throws -> Void) throws {
        try processor.process(channels) { try cut($0, emit) }
    }

    /// Ends a range that reaches to the end of the input; for a complete one it does nothing.
    /// - Throws: what `emit` throws.
    package func finish(emit: (PlanarBlock) throws -> Void) throws {
        if !isComplete { try processor.finish { try cut($0, emit) } }
    }

    private func cut(_ block: PlanarBlock, _ emit: (PlanarBlock) throws -> Void) throws {
        let wanted = range.clamped(to: outputFrame..<outputFrame + block.frames)
        if !wanted.isEmpty { try emit(block.frames(from: wanted.lowerBound - outputFrame, count: wanted.count)) }
        outputFrame += block.frames
    }
}
