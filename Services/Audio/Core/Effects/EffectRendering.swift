import AudioEffects
import Media
import Primitives

/// A file on its way through an effect chain: the whole of it, or one range.
final class EffectRendering {
    private enum Work {
        case whole(ChainProcessor)
        /// And how many frames the input has.
        case part(ChainPreview, of: Int)
    }

    let outputFormat: AudioFormat
    private let source: AudioSource
    private let format: AudioFormat
    private let work: Work

    /// - Parameters:
    ///   - format: planar floats at the chain's rate.
    ///   - range: frames of the output; `nil` for all.
    /// - Throws: `ChainError`, `EffectFailure`.
    init(
        source: AudioSource, format: AudioFormat, chain: EffectChain, impulses: [String: ImpulseResponse], range: Range<Int>?
    ) throws {
        (self.source, self.format) = (source, format)
        let rate = Double(format.sampleRate)
        let channels: Int
        if let range {
            // A part is over before the end of the input tells where it was.
            let total = Int(clamping: try source.measuredDuration * rate)
            // Behind the input there is the chain's tail, and then nothing.
            let isBehind = chain.keepsTime && range.lowerBound >= total
            let preview = try ChainPreview(
                chain, of: isBehind ? range.clamped(to: 0..<total + Int((chain.tailSeconds * rate).rounded())) : range,
                sampleRate: rate, channels: format.channels, impulses: impulses, totalFrames: total)
            (work, channels) = (.part(preview, of: total), preview.outputChannels)
        } else {
            let total = source.knownDuration.map { Int(clamping: $0 * rate) }
            let processor = try ChainProcessor(
                chain, sampleRate: rate, channels: format.channels, impulses: impulses, totalFrames: total)
            (work, channels) = (.whole(processor), processor.outputChannels)
        }
        outputFormat = .planar(
            sampleRate: format.sampleRate, channels: channels, channelMask: channels == format.channels ? format.channelMask : 0)
    }

    var replacedSamples: Int {
        switch work {
        case .whole(let processor): processor.replacedSamples
        case .part(let preview, _): preview.replacedSamples
        }
    }

    /// - Parameter body: called with planes that are valid during the call.
    /// - Throws: `MediaError`, what `body` throws.
    func run(progress: (Double) -> Void, _ body: ([[Float]]) throws -> Void) throws {
        func emit(_ block: PlanarBlock) throws { try body((0..<block.channels).map { Array(block[$0]) }) }
        switch work {
        case .whole(let processor):
            try source.decode(to: format, progress: progress) { try processor.process($0.planes, emit: emit) }
            try processor.finish(emit: emit)
        case .part(let preview, let total):
            if preview.firstInputFrame < total {
                let first = Double(preview.firstInputFrame) / Double(format.sampleRate)
                try source.decode(to: format, from: first, progress: progress) { frame in
                    try preview.process(frame.planes, emit: emit)
                    return !preview.isComplete
                }
            }
            try preview.finish(emit: emit)
            progress(1)
        }
    }
}
