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
        func end(_ message: String, _ code: Int32) -> Never {
            StandardError.write("\(message)\n")
            exit(code)
        }
        guard let word = arguments.dropFirst().first, words.contains(word) else {
            let all = (words + others).joined(separator: "|")
            end("usage: avstudio-\(service) \(all) [--config <file>] [--<key> <value> …]", 2)
        }
        Lifecycle.prepareProcess()
        do {
            let settings = try ConfigurationLoader(arguments: Array(arguments.dropFirst(2))).load(schema)
            Log.setThreshold(settings.basics.logLevel.threshold)
            try await body(word, settings)
            exit(0)
        } catch let error as ConfigurationError {
            end("avstudio-\(service): \(error.message)", 2)
        } catch {
            end("avstudio-\(service): \(error)", 1)
        }
    }
}
