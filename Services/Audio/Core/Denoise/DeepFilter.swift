import CDeepFilter

/// DeepFilterNet 3 (Schröter et al., "DeepFilterNet: perceptually motivated real-time speech enhancement", Interspeech 2023) at
/// 48 kHz.
final class DeepFilter: NoiseFilter {
    let blockLength: Int
    /// Two frames of look-ahead and one of overlap.
    var delay: Int { 3 * blockLength }
    private let functions: avs_deep_filter
    private let state: OpaquePointer

    /// - Parameters:
    ///   - archive: the model's.
    ///   - library: libdeepfilter.so.
    ///   - attenuation: the most that is taken away, dB; from 100 on there is no limit.
    /// - Throws: `AudioError.modelBroken`.
    init(_ model: InstalledModel, _ archive: DeepFilterArchive, library: String, attenuation: Double) throws(AudioError) {
        guard let functions = avs_deep_filter_load(library)?.pointee else {
            throw .modelBroken(model.name, "its library is not installed; run deploy/models install \(model.name)")
        }
        guard let state = functions.create(archive.path, Float(attenuation), nil) else {
            throw model.damaged("its archive is of another kind")
        }
        (self.functions, self.state) = (functions, state)
        blockLength = functions.frame_length(state)
    }

    deinit { functions.release(state) }

    func process(_ input: UnsafeMutablePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
        _ = functions.process(state, input, output)
    }
}
