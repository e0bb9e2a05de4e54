import AudioAPI
package import Jobs

/// What the audio service can do.
///
/// To add an operation:
/// 1. Write one type in `Operations/` that conforms to `Operation`; `LoudnessOperation` is the shortest to read, and
///    `ConvertOperation` shows one that writes a file. Its name is `audio.` and a verb, its `schema` holds every parameter with
///    unit, range and help, and `output` describes what `run` gives.
/// 2. In `run`, open the input with `AudioSource`, which decodes as often as needed, and report progress while it does. Take
///    `OutputSettings` and `AudioTarget` for a file to write and `OutputName` for its name. Throw an error with a code and a
///    sentence when something can not be done.
/// 3. List it here, and test it through `AudioOperations.catalogue` on real media as `Tests/AudioCoreTests` does.
///
/// Route, queue subject, command, form and published schema follow from the declaration.
package enum AudioOperations {
    package static let catalogue = OperationCatalogue(
        service: AudioService.name,
        [
            AnyOperation(ProbeOperation.self), AnyOperation(ConvertOperation.self), AnyOperation(LoudnessOperation.self),
            AnyOperation(NormalizeOperation.self), AnyOperation(SeparateOperation.self), AnyOperation(DenoiseOperation.self),
            AnyOperation(SpeakOperation.self), AnyOperation(TranscribeOperation.self), AnyOperation(EffectsOperation.self),
            AnyOperation(MarkOperation.self), AnyOperation(FindMarkOperation.self), AnyOperation(FingerprintOperation.self),
            AnyOperation(LevelOperation.self), AnyOperation(CutOperation.self), AnyOperation(MixOperation.self),
            AnyOperation(SegmentsOperation.self), AnyOperation(ChaptersOperation.self),
        ])
}
