import Glibc
import Primitives
import ServiceRuntime

let arguments = CommandLine.arguments
guard arguments.dropFirst().first == "serve" else {
    StandardError.write("usage: avstudio-alerting serve [--config <file>] [--<key> <value> …]\n")
    exit(2)
}
Lifecycle.prepareProcess()
do {
    let configuration = try ConfigurationLoader(arguments: Array(arguments.dropFirst(2))).load(AlertingConfiguration.schema)
    Log.setThreshold(configuration.logLevel.threshold)
    try await AlertingHost(configuration: configuration).serve()
} catch let error as ConfigurationError {
    StandardError.write("avstudio-alerting: \(error.message)\n")
    exit(2)
} catch {
    StandardError.write("avstudio-alerting: \(error)\n")
    exit(1)
}
