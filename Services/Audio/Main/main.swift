import AudioCore
import ServiceRuntime

await OperationServiceProgram(AudioOperations.catalogue, port: 8082).run()
