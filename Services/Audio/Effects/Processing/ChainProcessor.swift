import Primitives

/// Runs audio through an effect chain as it comes.
///
/// Look-ahead, filter and transform latencies are taken away: as long as no effect changes time, output frame n belongs to
/// input frame n and as many frames come out as went in, plus the chain's tail. The result does not depend on how the input
/// is cut into blocks. One thread at a time.
package final class ChainProcessor {
    /// Hz.
    package static let sampleRates = 4000.0...768_000.0
    package static let channelCounts = 1...8

    private let units: [any EffectUnit]
    private let input: PlanarStorage
    private let tailFrames: Int
    private var isFinished = false

    /// How many channels come out.
    package let outputChannels: Int
    /// How many samples of the input were infinite or no numbers; they were taken as silence.
    package private(set) var replacedSamples = 0
    /// How many frames came out so far.
    package private(set) var outputFrames = 0

    /// Prepares a chain.
    /// - Parameters:
    ///   - sampleRate: of the audio, Hz, 4,000...768,000.
    ///   - channels: of the audio, 1...8.
    ///   - impulses: the impulse responses that `EffectChain.impulses` names.
    ///   - startFrame: the number of the first frame that will come; automation and oscillators are at their place there.
    ///   - totalFrames: how many frames the whole input has, where that is known; without it `fade_out` keeps the length of
    ///     the fade in memory.
    /// - Throws: `ChainError` when an effect can not work on such audio; `EffectFailure` without memory for it.
    package init(
        _ chain: EffectChain, sampleRate: Double, channels: Int, impulses: [String: ImpulseResponse] = [:], startFrame: Int = 0,
        totalFrames: Int? = nil
    ) throws {
        guard Self.sampleRates.contains(sampleRate) else { throw EffectFailure.sampleRate(sampleRate) }
        guard Self.channelCounts.contains(channels) else { throw EffectFailure.channels(channels) }
        tailFrames = Int((chain.tailSeconds * sampleRate).rounded())
        input = PlanarStorage(channels: channels)
        var units: [any EffectUnit] = []
        var faults: [ChainFault] = []
        let tailFrames = tailFrames
        var (width, end) = (channels, totalFrames.map { $0 + tailFrames })
        for configured in chain.active {
            let context = UnitContext(
                sampleRate: sampleRate, channels: width, startFrame: startFrame, endFrame: end, impulses: impulses,
                pointer: configured.pointer)
            do {
                width = try configured.effect.channels(from: width)
                units.append(try configured.unit(context))
            } catch let error as ChannelsUnsuitable {
                faults.append(ChainFault(configured.pointer, .unsuitableChannels, error.message))
            } catch let error as ChainError {
                faults += error.faults
            }
            end = end.flatMap { configured.effect.frames(from: $0, sampleRate: sampleRate) }
        }
        guard faults.isEmpty else { throw ChainError(faults) }
        self.units = units
        outputChannels = width
    }

    /// Takes the next frames.
    /// - Parameters:
    ///   - channels: the samples of each channel, as many channels as announced and all of one length; they are not changed.
    ///   - emit: called with what comes out; the block is valid during the call.
    /// - Throws: what `emit` throws.
    package func process(_ channels: [UnsafeBufferPointer<Float>], emit: (PlanarBlock) throws -> Void) throws {
        precondition(channels.count == input.channels, "the audio has another number of channels than announced")
        precondition(!isFinished, "no audio can come after the end")
        let frames = channels[0].count
        precondition(channels.allSatisfy { $0.count == frames }, "the channels have different lengths")
        try FlushToZero.run {
            var done = 0
            while done < frames {
                let block = input.block(min(PlanarStorage.blockFrames, frames - done))
                for channel in 0..<block.channels {
                    let samples = UnsafeBufferPointer(rebasing: channels[channel][done..<done + block.frames])
                    replacedSamples += block.start(channel).updateFinite(from: samples)
                }
                try run(block, from: 0, emit)
                done += block.frames
            }
        }
    }

    /// Ends the input: the tail and what is still inside come out.
    /// - Throws: what `emit` throws.
    package func finish(emit: (PlanarBlock) throws -> Void) throws {
        guard !isFinished else { return }
        isFinished = true
        try FlushToZero.run {
            var rest = tailFrames
            while rest > 0 {
                let block = input.block(min(PlanarStorage.blockFrames, rest))
                block.clear()
                try run(block, from: 0, emit)
                rest -= block.frames
            }
            for index in units.indices {
                try units[index].finish { try run($0, from: index + 1, emit) }
            }
        }
    }

    private func run(_ block: PlanarBlock, from index: Int, _ emit: (PlanarBlock) throws -> Void) throws {
        guard index < units.count else {
            outputFrames += block.frames
            return try emit(block)
        }
        try units[index].process(block) { try run($0, from: index + 1, emit) }
    }
}

extension UnsafeMutablePointer<Float> {
    /// Copies samples, with silence for those that are infinite or no numbers.
    /// - Returns: how many were replaced.
    fileprivate func updateFinite(from samples: UnsafeBufferPointer<Float>) -> Int {
        guard let source = samples.baseAddress else { return 0 }
        update(from: source, count: samples.count)
        // Zero times a finite number is zero and stays so; any other number spoils the sum.
        var sums = SIMD8<Float>.zero
        var index = 0
        while index + 8 <= samples.count {
            sums += source.vector(index) * 0
            index += 8
        }
        var sum = sums.sum()
        while index < samples.count {
            sum += source[index] * 0
            index += 1
        }
        guard sum != 0 else { return 0 }
        var replaced = 0
        for index in samples.indices where !self[index].isFinite {
            self[index] = 0
            replaced += 1
        }
        return replaced
    }
}
