import ServiceRuntime
import VideoCore

await OperationServiceProgram(VideoOperations.catalogue, port: 8083, migrations: []).run()
