import Contracts
import Jobs
import Primitives

/// Operations that do nothing, to measure what the job road itself costs, and one that takes all memory. Known only when
/// `bench-operations` is on.
enum BenchOperations {
    static func all(_ service: String) -> [AnyOperation] {
        guard service == "audio" else { return [] }
        return [
            AnyOperation(Noop.self), AnyOperation(SandboxedNoop.self), AnyOperation(PreparedNoop.self), AnyOperation(Glutton.self),
        ]
    }

    struct NoParameters: Sendable {}

    enum Noop: Operation {
        static let name = "audio.bench-noop"
        static let summary = "Does nothing, inside the worker."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(NoParameters()) {}
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess
        static let isCacheable = false

        static func run(_ parameters: NoParameters, in context: JobContext) async throws -> JobOutput { JobOutput() }
    }

    /// Takes memory until there is none left.
    enum Glutton: Operation {
        static let name = "audio.bench-memory"
        static let summary = "Takes more memory than a job may."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(NoParameters()) {}
        static let output = OutputDescription()
        static let cost = CostClass.light
        static let isCacheable = false

        static func run(_ parameters: NoParameters, in context: JobContext) async throws -> JobOutput {
            var held: [[UInt8]] = []
            // Never written to: it is address space that is limited.
            while true { held.append([UInt8](unsafeUninitializedCapacity: 256 << 20) { $1 = 0 }) }
        }
    }

    enum SandboxedNoop: Operation {
        static let name = "audio.bench-noop-sandboxed"
        static let summary = "Does nothing, in a process of its own."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(NoParameters()) {}
        static let output = OutputDescription()
        static let cost = CostClass.light
        static let isCacheable = false

        static func run(_ parameters: NoParameters, in context: JobContext) async throws -> JobOutput { JobOutput() }
    }

    /// Tells for whom its process was made ready.
    enum PreparedNoop: Operation {
        struct Parameters: Sendable {
            var name = "nobody"
        }

        static let name = "audio.bench-noop-prepared"
        static let summary = "Does nothing, in a process of its own that may have waited for it."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(Parameters()) { Field.text("name", \.name, "Told to the next job, too.") }
        static let output = OutputDescription()
        static let cost = CostClass.light
        static let isCacheable = false
        static var preparation: Preparation<Parameters>? {
            Preparation(for: ["name"]) { parameters, _ in parameters.name }
        }

        /// Everybody is more than one.
        static func memory(_ parameters: Parameters, resources: [String: String]) -> ByteSize {
            parameters.name == "everybody" ? .mib(256) : .mib(128)
        }

        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
            JobOutput(measurements: ["prepared": JSONValue(context.prepared as? String)])
        }
    }
}
