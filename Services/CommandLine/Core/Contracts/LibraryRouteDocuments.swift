import Primitives

/// The video service's routes about ingested files.
enum LibraryRouteDocuments {
    private static let text: JSONValue = ["type": "string"]
    private static let next: JSONValue = ["type": ["string", "null"]]
    private static let pages = [("after", "The next of the page before."), ("limit", "1 to 500; 100 by default.")]
    private static let path = "/video/library/{creator}/{name}"

    static let all = [
        RouteDocument(
            "GET /video/library", "The creators that were ingested, by name.", tag: "video", query: pages,
            answers: [
                (
                    "200", "One page.",
                    ["type": "object", "properties": ["creators": ["type": "array", "items": text], "next": next]]
                )
            ]),
        RouteDocument(
            "GET /video/library/{creator}", "A creator's files, by name.", tag: "video", query: pages,
            answers: [
                (
                    "200", "One page.",
                    ["type": "object", "properties": ["files": ["type": "array", "items": file], "next": next]]
                )
            ]),
        RouteDocument(
            "GET \(path)", "A file's bytes, or a range of them.", tag: "video",
            answers: [("200", "The bytes.", nil), ("206", "The range that was asked for.", nil)]),
        RouteDocument(
            "POST \(path)", "Makes it one of your files, for operations to take.", tag: "video",
            answers: [
                (
                    "201", "The file.",
                    ["type": "object", "properties": ["id": text, "name": text, "size": ["type": "integer", "x-unit": "B"]]]
                )
            ]),
        RouteDocument("DELETE \(path)", "Removes it.", tag: "video", answers: [("204", "Gone.", nil)]),
    ]

    private static let file: JSONValue = [
        "type": "object",
        "properties": [
            "name": text, "bytes": ["type": "integer", "x-unit": "B"], "url": next, "sha256": next,
            "fetched": ["type": ["string", "null"], "format": "date-time"],
        ],
    ]
}
