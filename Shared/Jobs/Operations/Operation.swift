package import Contracts
package import Primitives

/// A thing that the studio can do to files, declared once.
///
/// From the declaration come the HTTP route (`POST /audio/normalize`), the queue subject, the JSON Schema and OpenAPI entries,
/// the command (`avstudio audio normalize`) and the dashboard's form. To add an operation, write one type that conforms and
/// list it in the service's catalogue.
package protocol Operation: Sendable {
    associatedtype Parameters: Sendable

    /// `service.verb`, for example `audio.normalize`.
    static var name: String { get }
    /// Raised whenever equal inputs and parameters may give another result; part of the result cache's key.
    static var version: Int { get }
    /// One sentence for people.
    static var summary: String { get }
    static var inputs: InputRule { get }
    static var schema: Schema<Parameters> { get }
    /// What the result holds, for the published documents.
    static var output: OutputDescription { get }
    static var cost: CostClass { get }
    /// What its process usually holds at its peak, networks included. Jobs whose sum would exceed the worker's budget wait.
    static var memory: ByteSize { get }
    /// The same for a job whose parameters are known: what its model needs. By default `memory`.
    /// - Parameter resources: see `JobContext.resources`.
    static func memory(_ parameters: Parameters, resources: [String: String]) throws -> ByteSize
    /// Where it runs; whatever parses media that strangers hand in must be `.sandboxed`, the default.
    static var isolation: Isolation { get }
    /// Whom its process talks to; `nil`, the default, for nobody. The worker connects, as its policy allows: see `PeerPort`.
    static func peer(_ parameters: Parameters) throws -> Peer?
    /// Whether equal inputs and parameters may be answered with an earlier result.
    static var isCacheable: Bool { get }
    /// What its process can load before the job is known; `nil`, the default, when that is not worth a waiting process.
    static var preparation: Preparation<Parameters>? { get }

    /// Looks at what the schema can not tell, before the job is accepted: whether a model is installed, a document makes sense.
    /// - Parameter resources: see `JobContext.resources`.
    /// - Throws: a `CodedError`; the submission is refused with it.
    static func check(_ parameters: Parameters, resources: [String: String]) throws

    /// Does the work. It may compute for long on the calling thread.
    /// - Parameters:
    ///   - parameters: decoded and range-checked.
    ///   - context: the inputs, the folder for outputs, and progress.
    /// - Returns: the files written to `context.outputFolder`, and measurements.
    /// - Throws: a `CodedError`; its code, sentence and retriability become the job's problem.
    static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput
}

extension Operation {
    package static var version: Int { 1 }
    package static var cost: CostClass { .medium }
    package static var memory: ByteSize { AnyOperation.usualMemory }
    package static func memory(_ parameters: Parameters, resources: [String: String]) throws -> ByteSize { memory }
    package static var isolation: Isolation { .sandboxed }
    package static var isCacheable: Bool { true }
    package static func peer(_ parameters: Parameters) throws -> Peer? { nil }
    package static var preparation: Preparation<Parameters>? { nil }
    package static func check(_ parameters: Parameters, resources: [String: String]) throws {}
}

/// How many inputs an operation takes and of what kind.
package struct InputRule: Sendable, Equatable {
    package enum Kind: String, Sendable { case audio, video, media, any }

    package let kind: Kind
    package let count: ClosedRange<Int>

    package init(_ kind: Kind, count: ClosedRange<Int> = 1...1) {
        self.kind = kind
        self.count = count
    }
}

/// What an operation gives.
package struct OutputDescription: Sendable {
    /// What the files are, in words; `nil` when there are only measurements.
    package let files: String?
    /// JSON Schema of the measurements.
    package let measurements: JSONValue

    package init(files: String? = nil, measurements: JSONValue = ["type": "object"]) {
        self.files = files
        self.measurements = measurements
    }
}

/// How much of the machine an operation needs; it sets the limits of its process.
package enum CostClass: String, Sendable {
    case light, medium, heavy
}

package enum Isolation: Sendable {
    /// A process of its own: no network, one input folder, one output folder, limits.
    case sandboxed
    /// Inside the worker, with its network; only for work that leaves media from outside as the bytes they are, or has sandboxed
    /// operations look at them: see `JobContext.step`. Texts it may read, if they are bounded.
    case inProcess
}

/// What a running operation sees.
package struct JobContext: Sendable {
    package struct Input: Sendable {
        /// Where the bytes are; the file name there means nothing.
        package let path: String
        /// What the person called it.
        package let name: String
        package let mediaType: String

        package init(path: String, name: String, mediaType: String) {
            (self.path, self.name, self.mediaType) = (path, name, mediaType)
        }
    }

    package let inputs: [Input]
    /// An empty folder; every output must be a regular file directly in it.
    package let outputFolder: String
    /// The pipe that takes the one output file where somebody listens while it is made; see `LiveOutput`.
    package let streamPath: String?
    /// Folders with what operations use beyond their inputs, by name, for example `models`; read-only.
    package let resources: [String: String]
    /// What `Operation.preparation` loaded into this process, perhaps for other parameters and a while ago.
    package let prepared: (any Sendable)?
    /// Whose job it is.
    package let owner: String
    /// What operations inside the worker may use of the machine.
    package let surroundings: Surroundings
    /// See `step`; `nil` in sandboxes.
    let runsStep: JobStep.Runner?
    private let onReport: @Sendable (JobReport) -> Void

    /// - Parameters:
    ///   - onReport: may be called from any thread.
    ///   - runsStep: of operations inside the worker; see `step`.
    package init(
        inputs: [Input], outputFolder: String, streamPath: String? = nil, resources: [String: String] = [:],
        prepared: (any Sendable)? = nil, owner: String = "", surroundings: Surroundings = Surroundings(),
        onReport: @escaping @Sendable (JobReport) -> Void = { _ in }, runsStep: JobStep.Runner? = nil
    ) {
        (self.owner, self.surroundings, self.runsStep) = (owner, surroundings, runsStep)
        self.inputs = inputs
        self.outputFolder = outputFolder
        self.streamPath = streamPath
        self.resources = resources
        self.prepared = prepared
        self.onReport = onReport
    }

    /// Tells how far the work is. Cheap when called often: lines are thinned out before they leave the process.
    /// - Parameters:
    ///   - fraction: from 0 to 1.
    ///   - stage: what is being done, in a word or two.
    ///   - partial: a piece of the result, just found, for those who follow the job; one over 16 KiB is not told.
    package func report(_ fraction: Double, _ stage: String? = nil, partial: JSONValue? = nil) {
        onReport(JobReport(fraction: fraction, stage: stage, partial: partial))
    }
}

/// What an operation's `run` gives back.
package struct JobOutput: Sendable {
    package struct File: Sendable {
        /// The file's name in the output folder; also what the person will see.
        package let name: String
        package let mediaType: String

        package init(name: String, mediaType: String) {
            (self.name, self.mediaType) = (name, mediaType)
        }
    }

    package let files: [File]
    package let measurements: JSONValue

    package init(files: [File] = [], measurements: JSONValue = [:]) {
        self.files = files
        self.measurements = measurements
    }
}
