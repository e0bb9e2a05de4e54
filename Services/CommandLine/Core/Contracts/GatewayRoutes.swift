import Primitives

/// The gateway's routes in the OpenAPI document.
enum GatewayRoutes {
    private static let object: JSONValue = ["type": "object"]
    private static let bytes: JSONValue = ["type": "string", "format": "binary"]
    private static let tus = [("Tus-Resumable", "1.0.0")]

    static let all = keys + files + uploads + operation

    private static let logContent: JSONValue = [
        "type": "boolean",
        "description": "Whether messages about its calls of language models carry what was said; false by default.",
    ]

    private static let keys = [
        RouteDocument(
            "POST /keys", "Makes a key; the answer holds its secret, this once.", tag: "keys",
            body: (
                "application/json",
                [
                    "type": "object", "required": ["name"],
                    "properties": [
                        "name": ["type": "string"], "scopes": ["type": "array", "items": ["type": "string"]],
                        "owner": ["type": "string"],
                        "tier": ["type": "string"], "expires": ["type": "string", "format": "date-time"],
                        "models": [
                            "type": ["array", "null"], "items": ["type": "string"], "maxItems": 200,
                            "description":
                                "The language models that the key may call: names, or beginnings with a star; null for all.",
                        ],
                        "log_content": logContent,
                    ],
                ]
            ), answers: [("201", "The key.", object)]),
        RouteDocument(
            "GET /keys", "The keys that the caller may see, without secrets.", tag: "keys", answers: [("200", "The keys.", object)]),
        RouteDocument("GET /keys/{id}", "One key, without its secret.", tag: "keys", answers: [("200", "The key.", object)]),
        RouteDocument(
            "PATCH /keys/{id}", "Changes a key's name, its models or whether its content is logged.", tag: "keys",
            body: AccountRouteDocuments.json([
                "name": ["type": "string"], "models": ["type": ["array", "null"], "items": ["type": "string"], "maxItems": 200],
                "log_content": logContent,
            ]), answers: [("200", "The key.", object)]),
        RouteDocument(
            "POST /keys/{id}/rotate", "Gives a key a new secret; the old one works for a grace period, a day by default.",
            tag: "keys",
            body: AccountRouteDocuments.json([
                "grace_seconds": ["type": "integer", "minimum": 0, "maximum": 2_592_000, "x-unit": "s"]
            ]),
            answers: [("200", "The key with its new secret.", object)]),
        RouteDocument("DELETE /keys/{id}", "Ends a key at once.", tag: "keys", answers: [("204", "Revoked.", nil)]),
    ]

    private static let files = [
        RouteDocument(
            "POST /files", "Uploads a file: its bytes as the body, or as one part of a form.", tag: "files",
            headers: [("Content-Disposition", "The file's name."), ("Content-Digest", "sha-256, checked (RFC 9530).")],
            body: ("application/octet-stream", bytes), answers: [("201", "The file; Location names it.", object)]),
        RouteDocument(
            "GET /files", "Files, newest first.", tag: "files",
            query: [("before", "The next of the page before."), ("limit", "1 to 500.")],
            answers: [("200", "One page.", object)]),
        RouteDocument("GET /files/{id}", "One file.", tag: "files", answers: [("200", "The file.", object)]),
        RouteDocument(
            "GET /files/{id}/content", "The file's bytes.", tag: "files", headers: [("Range", "bytes=…")],
            answers: [("200", "All bytes.", nil), ("206", "The range asked for.", nil)]),
        RouteDocument("DELETE /files/{id}", "Deletes a file.", tag: "files", answers: [("204", "Deleted.", nil)]),
    ]

    private static let uploads = [
        RouteDocument(
            "POST /files/uploads", "Begins a resumable upload (tus 1.0 creation).", tag: "uploads",
            headers: tus + [("Upload-Length", "Bytes in all."), ("Upload-Metadata", "filename and filetype.")],
            answers: [("201", "Begun; Location names it.", nil)]),
        RouteDocument(
            "HEAD /files/uploads/{id}", "How far the upload is.", tag: "uploads", headers: tus,
            answers: [("200", "Upload-Offset says it.", nil)]),
        RouteDocument(
            "PATCH /files/uploads/{id}", "Adds bytes at the offset.", tag: "uploads",
            headers: tus + [("Upload-Offset", "Where the bytes begin."), ("Upload-Checksum", "sha1 or sha256 of the bytes.")],
            body: ("application/offset+octet-stream", bytes), answers: [("204", "Stored; the last answer names the file.", nil)]),
        RouteDocument(
            "DELETE /files/uploads/{id}", "Gives the upload up.", tag: "uploads", headers: tus, answers: [("204", "Gone.", nil)]),
    ]

    private static let operation = [
        RouteDocument("GET /limits", "The rate limits.", tag: "administration", answers: [("200", "The limits.", object)]),
        RouteDocument(
            "PUT /limits", "Sets the rate limits; they hold at once.", tag: "administration", body: ("application/json", object),
            answers: [("200", "The limits.", object)]),
        RouteDocument(
            "GET /audit", "What was done, by whom.", tag: "administration",
            query: [("before", "The next of the page before."), ("limit", "1 to 500.")],
            answers: [("200", "One page.", object)]),
        RouteDocument(
            "GET /audit/export.csv", "All that was done, by whom, the latest first, as CSV.", tag: "administration",
            answers: [("200", "text/csv.", nil)]),
    ]
}
