import Blobs
import Contracts
import FoundationEssentials
import Jobs
import Messaging
import Persistence
import Primitives
import Synchronization
import TestSupport

/// What batches are tested with.
extension BatchTests {
    struct Parameters: Sendable {
        var word = "a"
        var failures = 0
    }

    /// Writes its input and a word to its output; fails as often as it is told for each input.
    enum Append: Operation {
        static let runs = Mutex<[String: Int]>([:])
        static let name = "test.append"
        static let summary = "Appends a word."
        static let inputs = InputRule(.any)
        static let schema = Schema(Parameters()) {
            Field.text("word", \.word, maximumLength: 20, "The word.")
            Field.integer("failures", \.failures, in: 0...9, "How often it fails.")
        }
        static let output = OutputDescription(files: "The text.")
        static let isolation = Isolation.inProcess
        static let isCacheable = false

        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
            let text = String(decoding: try Data(contentsOf: URL(filePath: context.inputs[0].path)), as: UTF8.self)
            let result = text + parameters.word
            let runs = runs.withLock { runs in
                runs[result, default: 0] += 1
                return runs[result] ?? 0
            }
            if runs <= parameters.failures { throw JobProblem(code: "moody", message: "not now") }
            try Data(result.utf8).write(to: URL(filePath: context.outputFolder + "/out.txt"))
            return JobOutput(
                files: [JobOutput.File(name: "out.txt", mediaType: "text/plain")], measurements: ["text": .string(result)])
        }
    }

    /// Measures only.
    enum Count: Operation {
        struct None: Sendable {}
        static let name = "test.count"
        static let summary = "Counts."
        static let inputs = InputRule(.any)
        static let schema = Schema(None()) {}
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess

        static func run(_ parameters: None, in context: JobContext) async throws -> JobOutput {
            JobOutput(measurements: ["bytes": JSONValue(try Data(contentsOf: URL(filePath: context.inputs[0].path)).count)])
        }
    }

    static let operations = [AnyOperation(Append.self), AnyOperation(Count.self)]
    static let principal = Principal.test("ann")
}
