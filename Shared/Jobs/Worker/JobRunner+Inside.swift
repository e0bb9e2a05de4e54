import Contracts
import FoundationEssentials
import Primitives
import Synchronization

extension JobRunner {
    /// What the steps of a job have used.
    private final class Steps: Sendable {
        let used = Mutex<(count: Int, usage: JobUsage?)>((0, nil))

        func begin() -> Int {
            used.withLock { used in
                used.count += 1
                return used.count
            }
        }

        func add(_ usage: JobUsage?) {
            guard let usage else { return }
            used.withLock { used in
                used.usage = JobUsage(
                    cpuSeconds: (used.usage?.cpuSeconds ?? 0) + usage.cpuSeconds,
                    peakMemoryBytes: max(used.usage?.peakMemoryBytes ?? 0, usage.peakMemoryBytes))
            }
        }
    }

    /// Runs an operation inside this process; its steps run in sandboxes.
    func runHere(
        _ operation: AnyOperation, _ order: JobOrder, _ paths: [String], _ place: Workplace,
        _ onReport: @escaping @Sendable (JobReport) -> Void
    ) async throws -> JobLine.Output {
        let inputs = zip(order.inputs, paths).map { JobContext.Input(path: $1, name: $0.name, mediaType: $0.mediaType) }
        let steps = Steps()
        let context = JobContext(
            inputs: inputs, outputFolder: place.outputFolder, resources: sandbox.resources, owner: order.owner ?? "",
            surroundings: surroundings, onReport: onReport,
            runsStep: { [self] name, parameters, chosen, onReport in
                let folder = place.folder + "/step-\(steps.begin())"
                return try await runStep(name, parameters, chosen, order, paths, folder, steps, onReport)
            })
        let output = try await operation.run(order.parameters ?? [:], in: context)
        let files = output.files.map { JobLine.Output.File(name: $0.name, mediaType: $0.mediaType) }
        return JobLine.Output(files: files, measurements: output.measurements, usage: steps.used.withLock { $0.usage })
    }

    private func runStep(
        _ name: String, _ parameters: JSONValue, _ chosen: [Int], _ order: JobOrder, _ paths: [String], _ folder: String,
        _ steps: Steps, _ onReport: @escaping @Sendable (JobReport) -> Void
    ) async throws -> JobStep {
        guard let operation = catalogue[name], operation.isolation == .sandboxed else {
            throw JobProblem(code: "unknown-operation", message: "\(name) is no operation that can be a step")
        }
        let canonical = try operation.canonicalParameters(parameters)
        try operation.check(canonical, resources: sandbox.resources)
        let place = Workplace(folder: folder, spare: nil)
        do {
            try FileManager.default.createDirectory(atPath: place.outputFolder, withIntermediateDirectories: true)
        } catch {
            throw JobProblem(
                code: "scratch-unwritable", message: "the worker's scratch folder can not be written", isRetriable: true)
        }
        let step = JobOrder(
            id: order.id, operation: name, inputs: chosen.map { order.inputs[$0] }, parameters: canonical, owner: order.owner)
        let output = try await runSandboxed(operation, step, chosen.map { paths[$0] }, place, streamName: nil, onReport)
        steps.add(output.usage)
        for file in output.files { _ = try OutputFile.path(of: file.name, in: place.outputFolder) }
        return JobStep(
            folder: place.outputFolder,
            output: JobOutput(
                files: output.files.map { .init(name: $0.name, mediaType: $0.mediaType) }, measurements: output.measurements))
    }
}
