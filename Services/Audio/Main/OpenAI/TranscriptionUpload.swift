import AudioCore
import Blobs
import HTTP
import HTTPServer
import Jobs
import Primitives
import ServiceRuntime

/// The recording of a call to `/v1/audio/transcriptions`, stored while it arrives.
struct TranscriptionUpload {
    /// All of the call's fields.
    let form: TranscriptionForm
    /// What the recording is called.
    let name: String
    /// Holds the recording; whoever has it commits or aborts it.
    let writer: any BlobWriter

    /// Reads a call's form. Nothing is left when this throws.
    /// - Parameters:
    ///   - form: what the fields fill.
    ///   - check: looks at the fields that came before the recording, before any of that is taken.
    /// - Throws: `Problem`, `OpenAIError`, `BlobError`, what `check` throws.
    init(
        _ request: Request, _ doors: ServiceDoors, into form: TranscriptionForm, check: (TranscriptionForm) throws -> Void
    ) async throws {
        let type = request.headers["Content-Type"] ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else {
            throw OpenAIError(.unsupportedMediaType, "the body must be multipart/form-data")
        }
        var reader = try MultipartForm(
            contentType: type, body: request.body, known: TranscriptionForm.fields, fileLimit: doors.maximumFile)
        var form = form
        var file: (name: String, writer: any BlobWriter)?
        do {
            while let event = try await reader.next() {
                switch event {
                case .field(let name, let value): try form.take(name, value)
                case .file("file", let name):
                    try check(form)
                    // Whatever the client calls it, it is a file for the length of the call only.
                    let name = OutputName.derived(from: name, suffix: nil, fileExtension: "media")
                    file = (name, try await doors.blobs.writer())
                case .file(let field, _):
                    throw OpenAIError(.badRequest, "the recording belongs into the field file, not \(field)", param: field)
                case .bytes(let bytes): try await file?.writer.append(bytes)
                case .fileEnd: continue
                }
            }
            guard let file else { throw OpenAIError(.badRequest, "the form has no file", param: "file") }
            (self.form, name, writer) = (form, file.name, file.writer)
        } catch {
            await file?.writer.abort()
            throw error
        }
    }
}
