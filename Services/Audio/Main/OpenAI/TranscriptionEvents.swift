import AudioAPI
import Contracts
import HTTP
import HTTPServer
import Jobs
import Primitives

/// `stream=true`: what is heard while the rest is still being heard, in the events of OpenAI's API reference
/// (`transcript.text.delta`, `transcript.text.segment`, `transcript.text.done`).
struct TranscriptionEvents: Sendable {
    let jobs: JobService
    let format: TranscriptFormat
    let principal: Principal

    /// Whether the format is one that can be told piece by piece; for the others OpenAI's own models ignore the wish.
    var isPossible: Bool { [.json, .text, .diarizedJSON].contains(format) }

    /// Errors become an event: the answer has begun.
    func telling(_ writer: EventWriter, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error where !(error is CancellationError || error is ClientDisconnected) {
            try await Self.send(OpenAIError(error).document, to: writer)
        }
    }

    /// Sends the job's text until it has ended; a client that leaves ends it.
    /// - Parameter result: reads what an ended job has written.
    func send(_ job: JobDocument, to writer: EventWriter, result: (JobDocument) async throws -> Bytes) async throws {
        var (last, isFirst) = (job, true)
        do {
            try await jobs.follow(job.id, principal: principal) { document, partials in
                last = document
                for case .object(let segment) in partials.map(\.content) {
                    guard let text = segment["text"]?.stringValue, !text.isEmpty else { continue }
                    let space = isFirst || segment["leading_space"] == false ? "" : " "
                    isFirst = false
                    try await Self.send(["type": "transcript.text.delta", "delta": .string(space + text)], to: writer)
                }
            }
        } catch {
            // Nobody listens any more.
            _ = try? await jobs.cancel(job.id, for: principal)
            throw error
        }
        try await finish(try await result(last), toldNothing: isFirst, writer)
    }

    /// - Parameter toldNothing: the job had ended before; its whole text is one delta then.
    private func finish(_ bytes: Bytes, toldNothing: Bool, _ writer: EventWriter) async throws {
        let document = format == .text ? [:] : try JSONValue(parsing: bytes)
        let text = document["text"]?.stringValue ?? String(decoding: bytes, as: UTF8.self).trimmed
        if toldNothing, !text.isEmpty {
            try await Self.send(["type": "transcript.text.delta", "delta": .string(text)], to: writer)
        }
        if format == .diarizedJSON {
            // Who speaks is known at the end.
            for segment in document["segments"]?.arrayValue ?? [] { try await Self.send(segment, to: writer) }
        }
        try await Self.send(["type": "transcript.text.done", "text": .string(text)], to: writer)
    }

    private static func send(_ event: JSONValue, to writer: EventWriter) async throws {
        try await writer.send(String(decoding: event.serialized(), as: UTF8.self))
    }
}
