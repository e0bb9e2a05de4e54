import Contracts
import Cryptography
import GatewayCore
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/files/uploads`: resumable uploads by tus 1.0 (core, creation, creation-with-upload, checksum, termination, expiration).
struct UploadRoutes: Sendable {
    private static let version = "1.0.0"
    let uploads: UploadStore
    let files: FileStore
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(.options, "/files/uploads") { _ in
            Response(
                status: .noContent,
                headers: [
                    "Tus-Resumable": Self.version, "Tus-Version": Self.version, "Tus-Max-Size": "\(files.limits.file.bytes)",
                    "Tus-Extension": "creation,creation-with-upload,checksum,termination,expiration",
                    "Tus-Checksum-Algorithm": "sha1,sha256",
                ])
        }
        router.on(.post, "/files/uploads", limits: .unlimited, tus(.filesWrite, create))
        router.on(
            .head, "/files/uploads/{id}",
            tus(.filesRead) { request, principal in
                let upload = try await uploads.find(request.identifier, for: principal)
                return state(upload, .ok).adding("Upload-Length", "\(upload.length)").adding("Cache-Control", "no-store")
            })
        router.on(
            .patch, "/files/uploads/{id}", limits: .unlimited,
            tus(.filesWrite) { request, principal in
                guard let offset = request.headers["Upload-Offset"].flatMap(Int64.init), offset >= 0 else {
                    throw Problem(
                        status: .badRequest, code: "invalid-upload-offset", "Upload-Offset must be a number of bytes",
                        field: "Upload-Offset")
                }
                return state(try await append(request, request.identifier, offset, principal), .noContent)
            })
        router.on(
            .delete, "/files/uploads/{id}",
            tus(.filesWrite) { request, principal in
                try await uploads.delete(request.identifier, for: principal)
                return Response(status: .noContent, headers: ["Tus-Resumable": Self.version])
            })
    }

    /// Checks the protocol's version before anything else.
    private func tus(_ scope: Scope, _ handler: @escaping @Sendable (Request, Principal) async throws -> Response) -> Handler {
        authenticator.require(scope) { request, principal in
            do {
                guard request.headers["Tus-Resumable"] == Self.version else {
                    throw Problem(
                        status: .preconditionFailed, code: "tus-version", "Tus-Resumable must be \(Self.version)",
                        headers: ["Tus-Version": Self.version])
                }
                return try await handler(request, principal)
            } catch {
                // The protocol wants its version in refusals too.
                guard let problem = GatewayProblems.problem(error) ?? Problem(error) else { throw error }
                return .problem(problem).adding("Tus-Resumable", Self.version)
            }
        }
    }

    private func create(_ request: Request, _ principal: Principal) async throws -> Response {
        guard let length = request.headers["Upload-Length"].flatMap(Int64.init), length >= 0 else {
            throw GatewayError.uploadLength("Upload-Length must be a number of bytes")
        }
        var upload = try await uploads.create(
            name: try Self.name(request.headers["Upload-Metadata"]), length: length, owner: principal.owner)
        if request.headers["Content-Type"] == "application/offset+octet-stream", length > 0 {
            upload = try await append(request, upload.id, 0, principal)
        }
        return state(upload, .created).adding("Location", "/files/uploads/\(upload.id)")
    }

    private func append(_ request: Request, _ id: String, _ offset: Int64, _ principal: Principal) async throws -> Upload {
        guard request.headers["Content-Type"] == "application/offset+octet-stream" else {
            throw Problem(
                status: .unsupportedMediaType, code: "offset-stream-expected", "the body must be application/offset+octet-stream")
        }
        var checksum = try request.headers["Upload-Checksum"].map(Self.checksum)
        // Of a signed request nothing is kept that its signer has not sent; bytes that came before a break are, of others.
        if let digest = principal.bodyDigest.flatMap(Hex.decode) { checksum = UploadChecksum(algorithm: .sha256, digest: digest) }
        var body = request.body.makeAsyncIterator()
        return try await uploads.append(id, at: offset, checksum: checksum, for: principal) { try await body.next() }
    }

    private func state(_ upload: Upload, _ status: HTTPStatus) -> Response {
        var headers: HTTPHeaders = [
            "Tus-Resumable": Self.version, "Upload-Offset": "\(upload.offset)", "Upload-Expires": HTTPDate.string(upload.expires),
        ]
        // Not of the protocol: tells the finished upload's file.
        if let file = upload.file { headers["Upload-File"] = file }
        return Response(status: status, headers: headers)
    }

    /// `filename` of `Upload-Metadata`: names and Base64 values, separated by commas.
    private static func name(_ metadata: String?) throws -> String {
        for pair in (metadata ?? "").split(separator: ",") {
            let words = pair.split(separator: " ")
            guard words.first == "filename" else { continue }
            guard words.count == 2, let bytes = Base64.decode(String(words[1])), let name = String(validating: bytes, as: UTF8.self)
            else {
                throw GatewayError.fileName("filename in Upload-Metadata must be UTF-8 in Base64")
            }
            return name
        }
        throw GatewayError.fileName("Upload-Metadata needs a filename")
    }

    private static func checksum(_ field: String) throws -> UploadChecksum {
        let words = field.split(separator: " ")
        guard words.count == 2, let algorithm = UploadChecksum.Algorithm(rawValue: String(words[0])),
            let digest = Base64.decode(String(words[1]))
        else {
            throw GatewayError.uploadChecksumAlgorithm
        }
        return UploadChecksum(algorithm: algorithm, digest: digest)
    }
}
