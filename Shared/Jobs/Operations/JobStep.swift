import Contracts
package import Primitives

/// What another operation gave that a job had run as a part of its own; see `JobContext.step`.
package struct JobStep: Sendable {
    /// Holds the files; it goes with the job.
    package let folder: String
    package let output: JobOutput

    package init(folder: String, output: JobOutput) {
        (self.folder, self.output) = (folder, output)
    }

    /// Runs steps: gets an operation's name, its parameters, and which of the job's inputs it takes.
    package typealias Runner =
        @Sendable (
            _ operation: String, _ parameters: JSONValue, _ inputs: [Int], _ onReport: @escaping @Sendable (JobReport) -> Void
        ) async throws -> JobStep
}

extension JobContext {
    /// Runs another operation of the service on inputs of this job, in a sandboxed process: so one inside the worker gets to know
    /// what is in media without parsing it.
    /// - Parameters:
    ///   - operation: `service.verb`; a sandboxed one.
    ///   - parameters: those that are not there have their defaults.
    ///   - inputs: which ones, from 0.
    ///   - share: the part of this job's progress that the step is, from its beginning; `nil` when its progress is not told.
    /// - Throws: `SchemaError`, and what ends a job of that operation; `JobProblem` where steps can not be run.
    package func step(
        _ operation: String, _ parameters: JSONValue, on inputs: [Int], share: Double?
    ) async throws -> JobStep {
        guard let runsStep else {
            throw JobProblem(code: "no-steps", message: "an operation inside the worker is run without it")
        }
        return try await runsStep(operation, parameters, inputs) { [self] in
            if let share { report($0.fraction * share, $0.stage) }
        }
    }
}
