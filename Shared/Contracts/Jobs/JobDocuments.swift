package import Primitives

/// A file as jobs name it: the gateway's identifier and the blob behind it.
package struct JobFile: Sendable, Hashable, Codable {
    /// The gateway's identifier; `nil` for an output that is not registered yet.
    package var file: String?
    /// `sha256:` and 64 hexadecimal digits.
    package var digest: String
    /// Bytes.
    package var size: Int64
    /// What the person called it, or what the operation suggests.
    package var name: String
    /// For example `audio/wav`.
    package var mediaType: String

    package init(file: String?, digest: String, size: Int64, name: String, mediaType: String) {
        (self.file, self.digest, self.size, self.name, self.mediaType) = (file, digest, size, name, mediaType)
    }

    enum CodingKeys: String, CodingKey {
        case file, digest, size, name
        case mediaType = "media_type"
    }
}

/// Why a job failed or an attempt did not succeed.
package struct JobProblem: Sendable, Hashable, Codable, CodedError {
    package var code: String
    package var message: String
    /// Whether another attempt may succeed.
    package var isRetriable: Bool

    package init(code: String, message: String, isRetriable: Bool = false) {
        (self.code, self.message, self.isRetriable) = (code, message, isRetriable)
    }

    package init(_ error: any CodedError) {
        self.init(code: error.code, message: error.message, isRetriable: error.isRetriable)
    }

    enum CodingKeys: String, CodingKey {
        case code, message
        case isRetriable = "retriable"
    }
}

/// What a finished operation gives: files and measurements.
package struct JobResult: Sendable, Hashable, Codable {
    package var files: [JobFile]
    /// The operation's own document of measurements.
    package var measurements: JSONValue
    /// What its process used; `nil` for operations that run in none of their own.
    package var usage: JobUsage?

    package init(files: [JobFile] = [], measurements: JSONValue = [:], usage: JobUsage? = nil) {
        (self.files, self.measurements, self.usage) = (files, measurements, usage)
    }
}

extension JobResult {
    /// How long the media is that was made or read, as the measurements say, seconds.
    package var mediaSeconds: Double? {
        measurements["duration_seconds"]?.doubleValue.flatMap { (0..<1e12).contains($0) ? $0 : nil }
    }

    /// Frames of video that were read, looked at or written, as the measurements say: `frames`, or the `count` of what else they
    /// tell of the frames.
    package var frames: Int64? {
        let frames = measurements["frames"]?.integerValue ?? measurements["frames"]?["count"]?.integerValue
        return frames.flatMap { $0 >= 0 ? $0 : nil }
    }
}

/// What a job's process used of the machine.
package struct JobUsage: Sendable, Hashable, Codable {
    /// Processor time of user and system, seconds.
    package var cpuSeconds: Double
    /// The largest resident memory, bytes.
    package var peakMemoryBytes: Int64

    package init(cpuSeconds: Double, peakMemoryBytes: Int64) {
        (self.cpuSeconds, self.peakMemoryBytes) = (cpuSeconds, peakMemoryBytes)
    }

    enum CodingKeys: String, CodingKey {
        case cpuSeconds = "cpu_seconds"
        case peakMemoryBytes = "peak_memory_bytes"
    }
}

/// A job as the API, the events and the dashboard show it.
package struct JobDocument: Sendable, Codable {
    package var id: String
    package var operation: String
    package var state: JobState
    package var owner: String
    /// The batch it belongs to, if any.
    package var batch: String?
    package var inputs: [JobFile]
    /// Canonical ones; `nil` in lists and events, which stay small.
    package var parameters: JSONValue?
    /// From 0 to 1.
    package var progress: Double
    /// What is being done, in a word or two.
    package var stage: String?
    /// Whether the result was taken from an identical earlier job.
    package var cached: Bool
    /// Attempts begun so far.
    package var attempts: Int
    package var result: JobResult?
    package var problem: JobProblem?
    package var created: Timestamp
    package var started: Timestamp?
    package var finished: Timestamp?

    package init(
        id: String, operation: String, state: JobState, owner: String, batch: String?, inputs: [JobFile], parameters: JSONValue?,
        progress: Double, stage: String?, cached: Bool, attempts: Int, result: JobResult?, problem: JobProblem?, created: Timestamp,
        started: Timestamp?, finished: Timestamp?
    ) {
        (self.id, self.operation, self.state, self.owner, self.batch) = (id, operation, state, owner, batch)
        (self.inputs, self.parameters, self.progress, self.stage) = (inputs, parameters, progress, stage)
        (self.cached, self.attempts, self.result, self.problem) = (cached, attempts, result, problem)
        (self.created, self.started, self.finished) = (created, started, finished)
    }
}

/// The order to run a job: what travels through the work queue.
package struct JobOrder: Sendable, Hashable, Codable {
    package var id: String
    package var operation: String
    package var inputs: [JobFile]
    /// Canonical ones; `nil` when they are too large for a message.
    package var parameters: JSONValue?
    /// Of the blob with the parameters' JSON, when they are too large for a message.
    package var parametersDigest: String?
    /// Whose job it is; `nil` for work that is nobody's job.
    package var owner: String?

    package init(
        id: String, operation: String, inputs: [JobFile], parameters: JSONValue?, parametersDigest: String? = nil,
        owner: String? = nil
    ) {
        (self.id, self.operation, self.inputs) = (id, operation, inputs)
        (self.parameters, self.parametersDigest, self.owner) = (parameters, parametersDigest, owner)
    }

    enum CodingKeys: String, CodingKey {
        case id, operation, inputs, parameters, owner
        case parametersDigest = "parameters_digest"
    }
}

/// How an attempt ended, as a worker tells the owner of the job.
package struct JobOutcome: Sendable, Codable {
    package var id: String
    /// The worker's name.
    package var worker: String
    /// Counted from 1.
    package var attempt: Int
    /// How many pieces of the result it told with its progress.
    package var partials: Int
    /// Set when the attempt succeeded.
    package var result: JobResult?
    /// Set when it did not.
    package var problem: JobProblem?

    package init(
        id: String, worker: String, attempt: Int, partials: Int = 0, result: JobResult? = nil, problem: JobProblem? = nil
    ) {
        (self.id, self.worker, self.attempt, self.partials) = (id, worker, attempt, partials)
        (self.result, self.problem) = (result, problem)
    }
}

/// A piece of a running job's result, told as soon as it is found. What the job ends with may say it differently.
package struct JobPartial: Sendable, Hashable, Codable {
    /// Counted from 0 in every attempt.
    package var index: Int
    /// The operation's own document.
    package var content: JSONValue

    package init(index: Int, content: JSONValue) {
        (self.index, self.content) = (index, content)
    }
}

/// How far a running job is.
package struct JobProgress: Sendable, Hashable, Codable {
    package var id: String
    /// The attempt's number, from 1; what an earlier one still tells does not count.
    package var attempt: Int
    /// From 0 to 1.
    package var fraction: Double
    package var stage: String?
    /// What was found since the last message.
    package var partial: JobPartial?

    package init(id: String, attempt: Int, fraction: Double, stage: String? = nil, partial: JobPartial? = nil) {
        (self.id, self.attempt, self.fraction, self.stage, self.partial) = (id, attempt, fraction, stage, partial)
    }
}
