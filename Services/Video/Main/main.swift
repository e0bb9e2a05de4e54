import ServiceRuntime
import VideoCore

await OperationServiceProgram(
    VideoOperations.catalogue, port: 8083, tools: [VideoOperations.pageTool],
    routes: { doors, router in LibraryRoutes(doors).add(to: &router) }
).run()
