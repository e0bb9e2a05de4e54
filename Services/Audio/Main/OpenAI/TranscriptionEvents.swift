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

    /// Sends the job's text until it has ended; a client that leaves ends it.
    /// - Parameter result: reads what an ended job has written.
    func send(_ job: JobDocument, to writer: EventWriter, result: (JobDocument) async throws -> Bytes) async throws {
        var (last, told) = (job, ToldText())
        do {
            try await jobs.follow(job.id, principal: principal) { document, partials in
                last = document
                told.begin(attempt: document.attempts)
                for case .object(let segment) in partials.map(\.content) {
                    guard let text = segment["text"]?.stringValue, !text.isEmpty else { continue }
                    guard let delta = told.delta(for: text, hasLeadingSpace: segment["leading_space"] != false) else { continue }
                    try await writer.send(["type": "transcript.text.delta", "delta": .string(delta)])
                }
            }
        } catch {
            // Nobody listens any more.
            _ = try? await jobs.cancel(job.id, for: principal)
            throw error
        }
        try await finish(try await result(last), told: told.text, writer)
    }

    /// - Parameter told: the deltas so far; what the text has beyond them is one more: all of it when the job had ended before.
    private func finish(_ bytes: Bytes, told: String, _ writer: EventWriter) async throws {
        let document = format == .text ? [:] : try JSONValue(parsing: bytes)
        let text = document["text"]?.stringValue ?? String(decoding: bytes, as: UTF8.self).trimmed
        if text.hasPrefix(told), text != told {
            try await writer.send(["type": "transcript.text.delta", "delta": .string(String(text.dropFirst(told.count)))])
        }
        if format == .diarizedJSON {
            // Who speaks is known at the end.
            for segment in document["segments"]?.arrayValue ?? [] { try await writer.send(segment) }
        }
        try await writer.send(["type": "transcript.text.done", "text": .string(text)])
    }
}
