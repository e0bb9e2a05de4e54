import AudioAPI
import Blobs
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// The form of a call to `/v1/audio/transcriptions`; its file is stored while it arrives.
struct TranscriptionForm {
    /// Bytes of a field that is not the file.
    private static let fieldLimit = 64 << 10

    let file: String
    let model: String
    let format: TranscriptFormat
    let language: String?
    let prompt: String
    let temperature: Double?
    let wantsWords: Bool
    let wantsSegments: Bool
    /// Whether the text is told as it is found.
    let isStreamed: Bool

    /// - Throws: `Problem`, `OpenAIError`, `BlobError`, `JobProblem`.
    init(_ request: Request, _ principal: Principal, _ doors: ServiceDoors) async throws {
        let type = request.headers["Content-Type"] ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else {
            throw OpenAIError(.unsupportedMediaType, "the body must be multipart/form-data")
        }
        var parser = try MultipartParser(boundary: FieldParameters.of(type)["boundary"] ?? "")
        var body = request.body.makeAsyncIterator()
        var (fields, granularities) = ([String: String](), Set<String>())
        var (part, text) = ([String: String](), Bytes())
        var upload: (writer: any BlobWriter, name: String)?
        do {
            reading: while true {
                switch try parser.next() {
                case .needsBytes:
                    guard let bytes = try await body.next() else { throw OpenAIError(.badRequest, "the form is cut off") }
                    parser.feed(bytes)
                case .part(let disposition):
                    (part, text) = (FieldParameters.of(disposition), [])
                    guard part["name"] == "file" else { continue }
                    guard upload == nil else { throw OpenAIError(.badRequest, "give one file", param: "file") }
                    upload = (try await doors.blobs.writer(), part["filename"] ?? "audio")
                case .bytes(let bytes) where part["name"] == "file":
                    try await upload?.writer.append(bytes)
                case .bytes(let bytes):
                    text += bytes
                    guard text.count <= Self.fieldLimit else { throw OpenAIError(.badRequest, "a field of the form is too long") }
                case .partEnd:
                    guard let name = part["name"], name != "file" else { continue }
                    let value = String(decoding: text, as: UTF8.self)
                    if name.hasPrefix("timestamp_granularities") { granularities.insert(value) } else { fields[name] = value }
                case .end: break reading
                }
            }
            guard upload != nil else { throw OpenAIError(.badRequest, "the form has no file", param: "file") }
            model = fields["model"] ?? ""
            prompt = String((fields["prompt"] ?? "").prefix(4000))
            language = fields["language"].flatMap { $0.isEmpty ? nil : $0 }
            temperature = try fields["temperature"].map { text in
                guard let value = Double(text), (0...1).contains(value) else {
                    throw OpenAIError(.badRequest, "temperature must be between 0 and 1", param: "temperature")
                }
                return value
            }
            let name = fields["response_format"] ?? "json"
            guard let format = TranscriptFormat(rawValue: name), format != .document, format != .tsv else {
                throw OpenAIError(
                    .badRequest, "response_format must be one of json, text, srt, verbose_json, vtt, diarized_json",
                    param: "response_format")
            }
            self.format = format
            wantsWords = granularities.contains("word")
            isStreamed = fields["stream"] == "true"
            wantsSegments = granularities.isEmpty || granularities.contains("segment")
        } catch {
            await upload?.writer.abort()
            throw error
        }
        guard let upload else { throw OpenAIError(.badRequest, "the form has no file", param: "file") }
        file = try await doors.file(
            upload.writer, name: upload.name, mediaType: "application/octet-stream", for: principal)
    }
}
