import Blobs
import Contracts
import Cryptography
import GatewayCore
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/files`
struct FileRoutes: Sendable {
    let files: FileStore
    let authenticator: Authenticator
    /// Whether nginx sends the bytes.
    let usesAccelRedirect: Bool

    func add(to router: inout Router) {
        router.on(.post, "/files", limits: .unlimited, authenticator.require(.filesWrite, upload))
        router.on(
            .get, "/files",
            authenticator.require(.filesRead) { request, principal in
                let limit = try request.pageLimit()
                let page = try await files.page(for: principal, before: request.query["before"], limit: limit)
                let document: JSONValue = [
                    "files": .array(page.map(\.document)), "next": JSONValue(page.count == limit ? page.last?.id : nil),
                ]
                return .json(document)
            })
        router.on(
            .get, "/files/{id}",
            authenticator.require(.filesRead) { request, principal in
                try await .json(files.find(request.identifier, for: principal).document)
            })
        router.on(
            .delete, "/files/{id}",
            authenticator.require(.filesWrite) { request, principal in
                try await files.delete(request.identifier, for: principal)
                return .empty(.noContent)
            })
        router.on(.get, "/files/{id}/content", authenticator.require(.filesRead, content))
    }

    private func upload(_ request: Request, _ principal: Principal) async throws -> Response {
        let digest = try Self.digest(request.headers)
        let file: StoredFile
        let type = request.headers["Content-Type"] ?? ""
        if type.lowercased().hasPrefix("multipart/form-data") {
            var form = try MultipartForm(contentType: type, body: request.body)
            let name = try await form.fileName()
            file = try await files.store(name: name, owner: principal.owner, expecting: digest) { try await form.fileBytes() }
        } else {
            var body = request.body.makeAsyncIterator()
            let size = request.body.contentLength
            file = try await files.store(
                name: try Self.name(request.headers), owner: principal.owner, expecting: digest, size: size
            ) {
                try await body.next()
            }
        }
        return .json(file.document, status: .created).adding("Location", "/files/\(file.id)")
    }

    private func content(_ request: Request, _ principal: Principal) async throws -> Response {
        let file = try await files.find(request.identifier, for: principal)
        let path = try files.blobs.localPath(file.digest)
        let headers: [(String, String)] = [
            ("Content-Disposition", Response.attachment(named: file.name)), ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "private, no-cache"),
            ("Repr-Digest", "sha-256=:\(Base64.encode(Hex.decode(String(file.digest.dropFirst(7))) ?? [])):"),
        ]
        var response: Response
        if usesAccelRedirect {
            let hex = file.digest.dropFirst(7)
            response = Response(headers: [
                "Content-Type": file.mediaType, "X-Accel-Redirect": "/internal/blobs/objects/\(hex.prefix(2))/\(hex)",
            ])
        } else {
            response = try .file(path: path, type: file.mediaType, for: request, etag: file.digest)
        }
        for (name, value) in headers { response.headers[name] = value }
        return response
    }

    /// The file's name from `Content-Disposition` (RFC 6266) or `Upload-Name`, percent-encoded.
    private static func name(_ headers: HTTPHeaders) throws -> String {
        if let name = headers["Upload-Name"] {
            guard let decoded = PercentEncoding.decode(Substring(name), plusIsSpace: false) else {
                throw GatewayError.fileName("Upload-Name is not percent-encoded UTF-8")
            }
            return decoded
        }
        guard let disposition = headers["Content-Disposition"] else {
            throw GatewayError.fileName("give the file's name in Content-Disposition or Upload-Name")
        }
        guard let name = try DispositionName.parse(disposition) else {
            throw GatewayError.fileName("Content-Disposition has no filename")
        }
        return name
    }

    /// The digest that the client says the bytes have (RFC 9530).
    private static func digest(_ headers: HTTPHeaders) throws -> String? {
        guard let field = headers["Repr-Digest"] ?? headers["Content-Digest"] else { return nil }
        for member in field.split(separator: ",") {
            let parts = member.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            guard parts.count == 2, parts[0] == "sha-256" else { continue }
            guard parts[1].hasPrefix(":"), parts[1].hasSuffix(":"),
                let bytes = Base64.decode(String(parts[1].dropFirst().dropLast())), bytes.count == 32
            else { break }
            return "sha256:" + Hex.encode(bytes)
        }
        throw Problem(status: .badRequest, code: "invalid-digest", "the digest must be sha-256=:<Base64>:", field: "Content-Digest")
    }
}
