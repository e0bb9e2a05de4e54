package import Jobs

/// What the audio service can do. A new operation is one file in `Operations` and a line here.
package enum AudioOperations {
    package static let catalogue = OperationCatalogue(
        service: "audio",
        [
            AnyOperation(ProbeOperation.self), AnyOperation(ConvertOperation.self), AnyOperation(LoudnessOperation.self),
            AnyOperation(NormalizeOperation.self),
        ])
}
