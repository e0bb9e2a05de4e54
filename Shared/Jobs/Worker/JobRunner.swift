package import Blobs
package import Contracts
import FoundationEssentials
package import Primitives
import Synchronization

/// Runs one order: brings the inputs, runs the operation where its isolation says, stores the outputs as blobs.
package final class JobRunner: Sendable {
    let catalogue: OperationCatalogue
    private let blobs: any BlobStore
    private let scratch: ScratchFolder
    let sandbox: Sandbox
    private let threads: BlockingThreads
    /// Of live outputs; see `LiveOutput`.
    let liveSlots: Slots
    /// Bytes that the processes of all runners that share it may hold together.
    private let memory: Slots
    private let spares: SpareProcesses?
    let surroundings: Surroundings
    let listeners: BlockingThreads

    /// - Parameters:
    ///   - scratchFolder: runners make folders of their own in it, and remove those of ended processes.
    ///   - slots: sandboxed processes at once.
    ///   - memory: bytes that sandboxed processes may hold together, as their operations declare; may be shared by runners.
    ///   - spares: processes that wait for jobs without inputs; may be shared by runners.
    ///   - surroundings: of operations that run inside this process.
    /// - Throws: when the folder can not be made.
    package init(
        catalogue: OperationCatalogue, blobs: any BlobStore, scratchFolder: String, sandbox: Sandbox, slots: Int, memory: Slots,
        spares: SpareProcesses? = nil, surroundings: Surroundings = Surroundings()
    ) throws {
        self.catalogue = catalogue
        self.blobs = blobs
        self.sandbox = sandbox
        threads = BlockingThreads(name: "job-process", count: slots)
        liveSlots = Slots(slots)
        self.memory = memory
        self.spares = spares
        self.surroundings = surroundings
        listeners = BlockingThreads(name: "live-output", count: slots)
        scratch = try ScratchFolder(in: scratchFolder)
    }

    /// - Parameters:
    ///   - order: inputs must be in the blob store.
    ///   - secrets: parameters that the order has sealed.
    /// - Returns: the result, its files held in the store for the job.
    /// - Throws: `JobProblem`; `CancellationError` when the task was cancelled, the process then being dead.
    package func run(
        _ order: JobOrder, secrets: [String: JSONValue] = [:], onReport: @escaping @Sendable (JobReport) -> Void
    ) async throws -> JobResult {
        guard let operation = catalogue[order.operation] else {
            throw JobProblem(code: "unknown-operation", message: "this worker does not know \(order.operation)")
        }
        var order = order
        order.parameters = try await parameters(of: order).map { parameters in
            secrets.isEmpty ? parameters : .object((parameters.objectValue ?? [:]).merging(secrets) { $1 })
        }
        let place = try place(for: order)
        defer { leave(place, after: order) }
        var paths: [String] = []
        for input in order.inputs { paths.append(try blobs.localPath(input.digest)) }
        let output =
            switch operation.isolation {
            case .inProcess: try await runHere(operation, order, paths, place, onReport)
            case .sandboxed: try await runSandboxed(operation, order, paths, place, streamName: nil, onReport)
            }
        try Task.checkCancellation()
        return try await store(output, of: order, in: place.outputFolder)
    }

    private func parameters(of order: JobOrder) async throws -> JSONValue? {
        guard let digest = order.parametersDigest else { return order.parameters }
        var bytes: Bytes = []
        for try await chunk in blobs.read(digest, range: nil) { bytes += chunk }
        return try JSONValue(parsing: bytes)
    }

    /// Finds a place to run an order in: a spare process's, or a new folder with an empty folder `out` in it.
    func place(for order: JobOrder) throws(JobProblem) -> Workplace {
        if order.inputs.isEmpty, let need = catalogue[order.operation].map({ memory(of: order, $0) }),
            let spare = spares?.take(order.operation, for: Int(need.bytes))
        {
            return Workplace(folder: spare.folder, spare: spare)
        }
        let folder = scratch.path + "/" + Identifier.make("run")
        do {
            try FileManager.default.createDirectory(atPath: folder + "/out", withIntermediateDirectories: true)
        } catch {
            throw JobProblem(
                code: "scratch-unwritable", message: "the worker's scratch folder can not be written", isRetriable: true)
        }
        return Workplace(folder: folder, spare: nil)
    }

    private func memory(of order: JobOrder, _ operation: AnyOperation) -> ByteSize {
        operation.memory(of: order.parameters ?? [:], resources: sandbox.resources)
    }

    /// Lets go of a place and has the next one of its kind prepared.
    func leave(_ place: Workplace, after order: JobOrder) {
        place.leave()
        if let operation = catalogue[order.operation] { spares?.ask(for: operation, like: order.parameters ?? [:]) }
    }

    /// - Parameters:
    ///   - streamName: of a pipe in the output folder that takes the output file.
    ///   - patience: how long it may wait for memory; `nil` for as long as it takes.
    func runSandboxed(
        _ operation: AnyOperation, _ order: JobOrder, _ paths: [String], _ place: Workplace, streamName: String?,
        patience: Duration? = nil, _ onReport: @escaping @Sendable (JobReport) -> Void
    ) async throws -> JobLine.Output {
        let need = memory(of: order, operation)
        let bytes = Int(need.bytes)
        // A spare process holds its memory already. It must not queue again behind those who wait for what it holds.
        let isCold = place.spare == nil
        if isCold { try await memory.acquire(bytes, within: patience) { [spares] in spares?.endAll() } }
        defer { if isCold { memory.release(bytes) } }
        let limits = ResourceLimits.standard(operation.cost).holding(need)
        let inputs = zip(order.inputs, paths).enumerated().map { index, input in
            JobCommand.Input(path: sandbox.inputPath(index, host: input.1), name: input.0.name, mediaType: input.0.mediaType)
        }
        let command = JobCommand(
            operation: order.operation, parameters: order.parameters ?? [:], inputs: inputs,
            outputFolder: sandbox.outputPath(host: place.outputFolder),
            streamPath: streamName.map { sandbox.outputPath(host: place.outputFolder) + "/" + $0 },
            resources: sandbox.resourcePaths, limits: limits)
        let door = try door(of: operation, order.parameters ?? [:], in: place.outputFolder)
        defer { door?.close() }
        let arguments = sandbox.command(["job"], inputs: paths, outputFolder: place.outputFolder)
        let input = try JSON.encode(command)
        let run = ProcessRun()
        return try await withTaskCancellationHandler {
            try await threads.run { [spares] in
                // At the first sign of progress a job has loaded what it needs and leaves room for the next to do so.
                var isAlone = true
                let onReport: (JobReport) -> Void = { report in
                    if isAlone { spares?.ask(for: operation, like: command.parameters) }
                    isAlone = false
                    onReport(report)
                }
                if let spare = place.spare,
                    let output = try run.run(limits, in: spare, command: input, onReport: onReport)
                {
                    return output
                }
                return try run.run(limits, onReport: onReport) { try ChildProcess(arguments, input: input) }
            }
        } onCancel: {
            run.cancel()
        }
    }

    /// The door to the operation's peer, if it has one.
    private func door(of operation: AnyOperation, _ parameters: JSONValue, in folder: String) throws -> PeerDoor? {
        guard let peer = try operation.peer(parameters) else { return nil }
        guard let dial = surroundings.dial else {
            throw JobProblem(code: "no-network", message: "this worker does not connect jobs with servers")
        }
        return try PeerDoor(in: folder, to: peer, dial: dial)
    }

    private func store(_ output: JobLine.Output, of order: JobOrder, in folder: String) async throws -> JobResult {
        let owner = BlobOwner(service: String(order.operation.prefix { $0 != "." }), id: order.id)
        var files: [JobFile] = []
        for file in output.files {
            let path = try OutputFile.path(of: file.name, in: folder)
            let blob = try await blobs.adopt(file: path, owner: owner)
            files.append(JobFile(file: nil, digest: blob.digest, size: blob.size, name: file.name, mediaType: file.mediaType))
        }
        return JobResult(files: files, measurements: output.measurements, usage: output.usage)
    }
}
