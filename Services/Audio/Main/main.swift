import AudioCore
import ServiceRuntime

await OperationServiceProgram(AudioOperations.catalogue, port: 8082) { doors, router in
    OpenAIAudioRoutes(doors).add(to: &router)
}.run()
