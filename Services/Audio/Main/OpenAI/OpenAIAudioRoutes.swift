import AudioAPI
import AudioCore
import Blobs
import Contracts
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
        for (path, task) in [("transcriptions", "transcribe"), ("translations", "translate")] {
            router.on(
                .post, "/v1/audio/\(path)", limits: .unlimited,
                doors.authenticator.require(scope) { request, principal in
                    await OpenAIError.translating { try await transcribe(request, principal, task: task) }
                })
        }
        router.on(
            .post, "/v1/audio/speech",
            doors.authenticator.require(scope) { request, principal in
                await OpenAIError.translating { try await speak(request, principal) }
            })
    }

    // MARK: Transcriptions

    private func transcribe(_ request: Request, _ principal: Principal, task: String) async throws -> Response {
        let form = try await TranscriptionForm(request, principal, doors)
        var parameters: [String: JSONValue] = [
            "task": .string(task), "formats": .string(form.format.rawValue), "word_times": .bool(form.wantsWords),
            "model": .string(Self.installed(form.model)), "prompt": .string(form.prompt),
        ]
        if form.format == .diarizedJSON { parameters["speakers"] = true }
        if let language = form.language { parameters["language"] = .string(language) }
        // 0, their default, also means theirs: rise only where the text is doubtful.
        if let temperature = form.temperature, temperature > 0 { parameters["temperature"] = .number(temperature) }
        let job = try await submit("audio.transcribe", [form.file], .object(parameters), principal)
        let events = TranscriptionEvents(jobs: doors.jobs, job: job, format: form.format, principal: principal)
        if form.isStreamed, events.isPossible {
            return .events { writer in try await events.send(to: writer) { try await content(of: $0) } }
        }
        let (bytes, type) = try await result(of: job, principal)
        guard form.format == .verboseJSON, !form.wantsSegments, case .object(var members) = try JSONValue(parsing: bytes) else {
            return .bytes(bytes, type: type)
        }
        members["segments"] = nil
        return .json(.object(members))
    }

    // MARK: Speech

    private func speak(_ request: Request, _ principal: Principal) async throws -> Response {
        guard case .object(let members) = try JSONValue(parsing: try await request.body.collect(upTo: .mib(1))) else {
            throw OpenAIError(.badRequest, "the body must be a JSON object")
        }
        guard let text = members["input"]?.stringValue, !text.isEmpty else {
            throw OpenAIError(.badRequest, "input is missing or empty", param: "input")
        }
        let name = members["response_format"]?.stringValue ?? "mp3"
        guard let format = SpeechFormat(rawValue: name) else {
            let known = SpeechFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw OpenAIError(.badRequest, "response_format must be one of \(known)", param: "response_format")
        }
        let voice = members["voice"]?.stringValue ?? ""
        let parameters: JSONValue = [
            "text": .string(text), "speed": members["speed"] ?? 1, "format": .string(format.file),
            "voice": .string(Self.foreignVoices.contains(voice) ? "" : voice), "sample_rate_hz": 24_000,
        ]
        let speech = try await doors.live.live(SpeakOperation.name, try Self.canonical(parameters))
        // Before the first bytes there is still time to answer with an error.
        guard var first = try await speech.next() else {
            throw OpenAIError(.internalServerError, "the speech is empty")
        }
        if format == .pcm {
            while WAVStart.length(of: first) == nil, first.count < WAVStart.longest, let more = try await speech.next() {
                first += more
            }
            guard let start = WAVStart.length(of: first) else {
                throw OpenAIError(.internalServerError, "the speech has no samples")
            }
            first.removeFirst(start)
        }
        let start = first
        return .stream(type: format.mediaType) { writer in
            try await writer.write(start)
            while let bytes = try await speech.next() { try await writer.write(bytes) }
        }
    }

    // MARK: Jobs

    private func submit(
        _ operation: String, _ inputs: [String], _ parameters: JSONValue, _ principal: Principal
    ) async throws -> JobDocument {
        let submission = JobSubmission(operation: operation, inputs: inputs, parameters: parameters)
        guard case .job(let job) = try await doors.jobs.submit(submission, by: principal) else {
            throw OpenAIError(.internalServerError, "one call gave several jobs")
        }
        return job
    }

    /// Waits for a job to end.
    /// - Returns: its first file and that file's media type.
    private func result(of job: JobDocument, _ principal: Principal) async throws -> (Bytes, String) {
        var job = job
        if !job.state.isFinal {
            do {
                job = try await doors.jobs.wait(for: job.id, principal: principal, limit: Self.patience)
            } catch is CancellationError {
                // Nobody waits any more.
                _ = try? await doors.jobs.cancel(job.id, for: principal)
                throw CancellationError()
            }
        }
        return try await content(of: job)
    }

    private func content(of job: JobDocument) async throws -> (Bytes, String) {
        if let problem = job.problem {
            throw OpenAIError(problem.isRetriable ? .internalServerError : .badRequest, problem.message, code: problem.code)
        }
        guard let file = job.result?.files.first else {
            throw OpenAIError(.gatewayTimeout, "the job \(job.id) has not ended; ask /audio/jobs/\(job.id)")
        }
        var bytes = Bytes()
        for try await chunk in doors.blobs.read(file.digest) { bytes += chunk }
        return (bytes, file.mediaType)
    }

    private static func canonical(_ parameters: JSONValue) throws -> JSONValue {
        do {
            return try AnyOperation(SpeakOperation.self).canonicalParameters(parameters)
        } catch {
            throw JobError.invalidParameters(error)
        }
    }

    private static func installed(_ model: String) -> String { foreignModels.contains(model) ? "" : model }
}

/// The audio formats that OpenAI's speech endpoint knows.
private enum SpeechFormat: String, CaseIterable {
    case mp3, opus, aac, flac, wav, pcm

    /// The format of the operation.
    var file: String { self == .pcm ? "wav" : rawValue }

    var mediaType: String {
        switch self {
        case .mp3: "audio/mpeg"
        case .opus: "audio/ogg"
        case .aac: "audio/aac"
        case .flac: "audio/flac"
        case .wav: "audio/wav"
        case .pcm: "audio/pcm"
        }
    }
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
