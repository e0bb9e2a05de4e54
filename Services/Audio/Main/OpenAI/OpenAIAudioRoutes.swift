import AudioAPI
import AudioCore
import Blobs
import Contracts
import Cryptography
import HTTP
import HTTPServer
import Jobs
import Primitives
import ServiceRuntime

/// The audio part of OpenAI's API, as its SDKs call it: `/v1/audio/transcriptions`, `/v1/audio/translations`, `/v1/audio/speech`.
/// Each call is a job like any other; its result comes back in the shape that OpenAI documents.
struct OpenAIAudioRoutes: Sendable {
    /// What a caller waits for; longer work belongs to `/audio/transcribe`, which can be asked how far it is.
    private static let patience = Duration.hours(1)
    /// Names of OpenAI's own models and voices, which mean the installed ones here.
    private static let foreignModels: Set = [
        "whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-transcribe-diarize", "tts-1", "tts-1-hd",
        "gpt-4o-mini-tts",
    ]
    private static let foreignVoices: Set = [
        "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
    ]
    private let doors: ServiceDoors

    init(_ doors: ServiceDoors) {
        self.doors = doors
    }

    func add(to router: inout Router) {
        let scope = Scope(rawValue: AudioService.scope)
        for (path, task) in [("transcriptions", Transcript.Task.transcribe), ("translations", .translate)] {
            router.on(
                .post, "/v1/audio/\(path)", limits: .unlimited,
                doors.authenticator.require(scope) { request, principal in
                    try await OpenAIError.translating { try await transcribe(request, principal, task: task) }
                })
        }
        router.on(
            .post, "/v1/audio/speech",
            doors.authenticator.require(scope) { request, principal in
                try await OpenAIError.translating { try await speak(request, principal) }
            })
    }

    // MARK: Transcriptions

    private func transcribe(_ request: Request, _ principal: Principal, task: Transcript.Task) async throws -> Response {
        let upload = try await TranscriptionUpload(request, doors, into: TranscriptionForm(task: task)) { form in
            // Without its model, which may still come, a call can not be judged.
            if form.model != nil { try check(form) }
        }
        let form = upload.form
        do { try check(form) } catch {
            await upload.writer.abort()
            throw error
        }
        let parameters = form.parameters(installed: Self.installed)
        let events = TranscriptionEvents(jobs: doors.jobs, format: form.format, principal: principal)
        if form.isStreamed, events.isPossible {
            return .events { writer in
                try await writer.telling {
                    try await withJob(on: upload, parameters, principal) { job in
                        try await events.send(job, to: writer) { try await content(of: $0).bytes }
                    }
                }
            }
        }
        let (bytes, type) = try await withJob(on: upload, parameters, principal) { job in
            try await content(of: try await ended(job, principal))
        }
        guard form.format == .verboseJSON, !form.wantsSegments, case .object(var members) = try JSONValue(parsing: bytes) else {
            return .bytes(bytes, type: type)
        }
        members["segments"] = nil
        return .json(.object(members))
    }

    /// - Throws: `JobError`.
    private func check(_ form: TranscriptionForm) throws {
        _ = try checked(form.parameters(installed: Self.installed), AnyOperation(TranscribeOperation.self))
    }

    // MARK: Speech

    private func speak(_ request: Request, _ principal: Principal) async throws -> Response {
        let order = try SpeechOrder(try JSONValue(parsing: try await request.body.collect(upTo: .mib(1))))
        let parameters = order.parameters { Self.foreignVoices.contains($0) ? "" : $0 }
        let speech = try await doors.live(
            SpeakOperation.name, try checked(parameters, AnyOperation(SpeakOperation.self)), for: principal)
        // Before the first bytes there is still time to answer with an error.
        guard var first = try await speech.next() else {
            throw OpenAIError(.internalServerError, "the speech is empty")
        }
        if order.format == .pcm {
            while WAVStart.length(of: first) == nil, first.count < WAVStart.longest, let more = try await speech.next() {
                first += more
            }
            guard let start = WAVStart.length(of: first) else {
                throw OpenAIError(.internalServerError, "the speech has no samples")
            }
            first.removeFirst(start)
        }
        let start = first
        guard order.isStreamedAsEvents else {
            return .stream(type: order.format.mediaType) { writer in
                try await writer.write(start)
                while let bytes = try await speech.next() { try await writer.write(bytes) }
            }
        }
        return .events { writer in
            try await writer.telling {
                var next: Bytes? = start
                while let bytes = next {
                    try await writer.send(["type": "speech.audio.delta", "audio": .string(Base64.encode(bytes))])
                    next = try await speech.next()
                }
                // A voice of one's own counts no tokens.
                try await writer.send([
                    "type": "speech.audio.done", "usage": ["input_tokens": 0, "output_tokens": 0, "total_tokens": 0],
                ])
            }
        }
    }

    // MARK: Jobs

    /// Transcribes an upload. Neither the upload nor the job's files are files of the caller's afterwards.
    private func withJob<T: Sendable>(
        on upload: TranscriptionUpload, _ parameters: JSONValue, _ principal: Principal,
        _ body: @Sendable (JobDocument) async throws -> T
    ) async throws -> T {
        try await doors.withFile(upload.writer, name: upload.name, for: principal) { file in
            let submission = JobSubmission(operation: TranscribeOperation.name, inputs: [file], parameters: parameters)
            guard case .job(let job) = try await doors.jobs.submit(submission, by: principal) else {
                throw OpenAIError(.internalServerError, "one call gave several jobs")
            }
            do {
                let result = try await body(job)
                await doors.jobs.forgetFiles(of: job.id, for: principal)
                return result
            } catch {
                // Nobody waits any more.
                await doors.jobs.forgetFiles(of: job.id, for: principal)
                throw error
            }
        }
    }

    /// What an ended job has written.
    private func content(of job: JobDocument) async throws -> (bytes: Bytes, type: String) {
        try Self.checkEnd(of: job)
        guard let file = job.result?.files.first else { throw OpenAIError(.internalServerError, "the transcript is missing") }
        var bytes = Bytes()
        for try await chunk in doors.blobs.read(file.digest) { bytes += chunk }
        return (bytes, file.mediaType)
    }

    /// Waits for a job to end.
    private func ended(_ accepted: JobDocument, _ principal: Principal) async throws -> JobDocument {
        var job = accepted
        if !job.state.isFinal {
            job = try await doors.jobs.wait(for: job.id, principal: principal, limit: Self.patience)
        }
        return job
    }

    private static func checkEnd(of job: JobDocument) throws(OpenAIError) {
        if let problem = job.problem, job.state.isFinal {
            throw OpenAIError(problem.isRetriable ? .internalServerError : .badRequest, problem.message, code: problem.code)
        }
        guard job.state == .succeeded else {
            throw OpenAIError(.gatewayTimeout, "this takes longer than such a call may: use /audio/transcribe")
        }
    }

    /// The parameters with their defaults, when the operation can be run with them.
    /// - Throws: `JobError`.
    private func checked(_ parameters: JSONValue, _ operation: AnyOperation) throws(JobError) -> JSONValue {
        let canonical: JSONValue
        do { canonical = try operation.canonicalParameters(parameters) } catch { throw .invalidParameters(error) }
        do { try operation.check(canonical, resources: doors.resources) } catch { throw .refused(error) }
        return canonical
    }

    private static func installed(_ model: String) -> String { foreignModels.contains(model) ? "" : model }
}

/// What comes before the samples of a WAV stream that the studio itself writes.
private enum WAVStart {
    static let longest = 4096

    /// - Returns: `nil` while the bytes do not reach the samples.
    static func length(of bytes: Bytes) -> Int? {
        var place = 12
        while place + 8 <= bytes.count {
            if bytes[place..<place + 4].elementsEqual("data".utf8) { return place + 8 }
            let size = (0..<4).reduce(0) { $0 | Int(bytes[place + 4 + $1]) << (8 * $1) }
            place += 8 + size + size % 2
        }
        return nil
    }
}
