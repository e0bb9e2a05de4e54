package import Contracts
import Glibc
import Primitives

/// The executable of a service.
package enum ServiceProgram {
    /// Runs the command that the arguments name with the configuration that follows it, and ends the process with its exit code:
    /// 0 done, 1 failed, 2 wrong usage.
    /// - Parameters:
    ///   - service: its program is `avstudio-<service>`.
    ///   - words: the commands that it knows.
    ///   - others: commands that are dealt with elsewhere and named here alone.
    ///   - body: serves until the process shall end.
    package static func run<Settings: ServiceSettings>(
        _ service: String, _ schema: Schema<Settings>, words: [String] = ["serve"], others: [String] = [],
        arguments: [String] = CommandLine.arguments, _ body: (_ word: String, Settings) async throws -> Void
    ) async -> Never {
        exit(await status(service, schema, words: words, others: others, arguments: arguments, body))
    }

    /// Apart from `run`: Swift 6.3's optimiser crashes on a function that never returns from several places.
    @_optimize(none) static func status<Settings: ServiceSettings>(
        _ service: String, _ schema: Schema<Settings>, words: [String], others: [String], arguments: [String],
        _ body: (_ word: String, Settings) async throws -> Void
    ) async -> Int32 {
        func say(_ message: String) { StandardError.write("\(message)\n") }
        guard let word = arguments.dropFirst().first, words.contains(word) else {
            say("usage: avstudio-\(service) \((words + others).joined(separator: "|")) [--config <file>] [--<key> <value> …]")
            return 2
        }
        Lifecycle.prepareProcess()
        do {
            let settings = try ConfigurationLoader(arguments: Array(arguments.dropFirst(2))).load(schema)
            Log.setThreshold(settings.basics.logLevel.threshold)
            try await body(word, settings)
            return 0
        } catch {
            let isUsage = error is ConfigurationError
            say("avstudio-\(service): \((error as? ConfigurationError)?.message ?? "\(error)")")
            return isUsage ? 2 : 1
        }
    }
}
