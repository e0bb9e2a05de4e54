import AudioCore
import AudioFingerprint
import ServiceRuntime

await OperationServiceProgram(
    AudioOperations.catalogue, port: 8082, migrations: FingerprintLibrary.migrations,
    components: { doors in
        let library = FingerprintLibrary(database: doors.database, blobs: doors.blobs)
        return [Component("fingerprints", run: { try await library.run() })]
    }
) { doors, router in
    OpenAIAudioRoutes(doors).add(to: &router)
    FingerprintRoutes(doors).add(to: &router)
}.run()
