import Inference
import Jobs
import Media
import Primitives

/// The separation of one file: brings it to the network's rate in stereo, splits it chunk by chunk.
final class StemSeparation {
    private let source: AudioSource
    private let splitter: any StemSplitter
    /// Of the stems: stereo at the network's rate.
    let format: AudioFormat
    private(set) var frames = 0

    /// Of what was separated.
    var seconds: Double { Double(frames) / Double(format.sampleRate) }

    /// - Throws: `ModelError`, `MediaError`, `AudioError`.
    init(source: AudioSource, model: InstalledModel, plan: StemPlan, registry: ModelRegistry) throws {
        self.source = source
        format = .planar(sampleRate: model.sampleRate, channels: 2, channelMask: 0)
        splitter = try plan.splitter(options: registry.options(), sampleRate: Double(model.sampleRate))
    }

    /// - Parameters:
    ///   - progress: called with the fraction done.
    ///   - body: called with planar stereo of every stem, by stem and channel.
    /// - Throws: `MediaError`, `ModelError`, what `body` throws.
    func run(progress: (Double) -> Void, _ body: ([[[Float]]]) throws -> Void) throws {
        try source.decode(to: format, progress: progress) { frame in
            try frame.requireFinite()
            frames += frame.frameCount
            try splitter.push(frame.planes, body)
        }
        try splitter.finish(body)
    }
}

extension ModelRegistry {
    /// How models are loaded: with the runtime that is installed beside them.
    /// - Parameter threads: that work on one run.
    func options(threads: Int = 1, keepsMemory: Bool = false) -> ModelOptions {
        ModelOptions(threads: threads, keepsMemory: keepsMemory, runtimePath: folder + "/engine/onnxruntime/lib/libonnxruntime.so")
    }
}
