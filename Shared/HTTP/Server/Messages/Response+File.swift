import HTTP

extension Response {
    /// A file, or the part of it that the request's `Range` asks for (RFC 9110, sections 13 and 14).
    ///
    /// Answers 304 when `If-None-Match` holds the entity tag, 412 when `If-Match` does not, 206 for one range, 416 for a range
    /// outside the file, and 200 with everything for several ranges or when `If-Range` names other content.
    /// - Parameters:
    ///   - path: of a regular file.
    ///   - type: the media type.
    ///   - etag: identifies the content, with or without quotes; by default made of size and modification time.
    ///   - downloadName: the name under which browsers save the file instead of showing it.
    /// - Throws: `Problem` 404 when there is no such file.
    package static func file(
        path: String, type: String, for request: Request, etag: String? = nil, downloadName: String? = nil
    ) throws -> Response {
        let file = try OpenFile(path: path)
        let tag = EntityTag.quoted(etag ?? file.version)
        var headers: HTTPHeaders = ["ETag": tag, "Accept-Ranges": "bytes"]
        let ifMatch = request.headers.list("If-Match")
        guard ifMatch.isEmpty || EntityTag.list(ifMatch, holds: tag) else {
            throw Problem(status: .preconditionFailed, code: "content-changed", "the content is not the one that If-Match names")
        }
        if EntityTag.list(request.headers.list("If-None-Match"), holds: tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers.add("Content-Type", type)
        if let downloadName { headers.add("Content-Disposition", attachment(named: downloadName)) }

        let isSameContent = request.headers["If-Range"].map { EntityTag.strongly($0, equals: tag) } ?? true
        switch isSameContent ? ByteRange(request.headers["Range"], size: file.size) : .whole {
        case .whole:
            return Response(headers: headers, body: .file(FilePart(file, range: 0..<file.size)))
        case .part(let range):
            headers.add("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)")
            return Response(status: .partialContent, headers: headers, body: .file(FilePart(file, range: range)))
        case .unsatisfiable:
            throw Problem(
                status: .rangeNotSatisfiable, code: "range-not-satisfiable", "the range lies outside the file's \(file.size) bytes",
                headers: ["Content-Range": "bytes */\(file.size)"])
        }
    }

    /// A `Content-Disposition` value (RFC 6266): an ASCII name for old clients, the real one for all others (RFC 8187).
    package static func attachment(named name: String) -> String {
        let plain = name.unicodeScalars.map { scalar -> String in
            scalar.isASCII && scalar.value >= 32 && scalar.value != 127 && !"\"\\/%".unicodeScalars.contains(scalar)
                ? String(scalar) : "_"
        }.joined()
        let encoded = PercentEncoding.encode(name)
        return plain == name
            ? "attachment; filename=\"\(plain)\"" : "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }
}
