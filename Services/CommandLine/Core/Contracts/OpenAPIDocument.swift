import Contracts
import Jobs
import Primitives

/// The OpenAPI 3.1 document of the public door.
enum OpenAPIDocument {
    static var content: JSONValue {
        var paths: [String: JSONValue] = [:]
        for route in GatewayRoutes.all + AccountRouteDocuments.all + WebhookRouteDocuments.all + ModelRouteDocuments.all
            + OpenAIAudioRouteDocuments.all + FingerprintRouteDocuments.all + LibraryRouteDocuments.all
            + AnalyticsRouteDocuments.all + AlertingRouteDocuments.all + HookRouteDocuments.all
            + OperationCommands.catalogues.flatMap(OperationRouteDocuments.routes)
        {
            guard case .object(var path) = paths[route.path] ?? [:] else { continue }
            path[route.method] = route.document
            paths[route.path] = .object(path)
        }
        var schemas: [String: JSONValue] = ["problem": problem]
        for message in MessageDocuments.all { schemas[message.name] = message.schema }
        for operation in OperationCommands.catalogues.flatMap(\.operations) {
            schemas["\(operation.name).parameters"] = operation.parameterSchema
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "AV-Studio", "version": "0.1.0", "description": "The studio on a machine of your own.",
                "license": ["name": "proprietary"],
            ],
            "servers": [["url": "http://127.0.0.1:8080"]],
            "security": [["key": []]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "key": [
                        "type": "http", "scheme": "bearer", "description": "A key (avs_…), a session (avss_…) or a token (JWT).",
                    ]
                ],
                "schemas": .object(schemas),
                "responses": [
                    "problem": [
                        "description": "What is wrong, as RFC 9457 says it.",
                        "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/problem"]]],
                    ]
                ],
            ],
        ]
    }

    private static let problem: JSONValue = [
        "type": "object", "required": ["type", "title", "status", "detail", "code"],
        "properties": [
            "type": ["type": "string", "format": "uri"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"], "code": ["type": "string"], "field": ["type": "string"],
        ],
    ]
}

/// One route of the document.
struct RouteDocument {
    let method: String
    let path: String
    let document: JSONValue

    /// - Parameters:
    ///   - route: `POST /files`.
    ///   - body: media type and schema of the request's body.
    ///   - answers: status, what it means, and the schema of a JSON answer.
    ///   - refusals: status and what it means, of answers that are problems.
    init(
        _ route: String, _ summary: String, tag: String, query: [(String, String)] = [], headers: [(String, String)] = [],
        body: (type: String, schema: JSONValue)? = nil, answers: [(String, String, JSONValue?)],
        refusals: [(String, String)] = []
    ) {
        let words = route.split(separator: " ")
        method = words[0].lowercased()
        path = String(words[1])
        var parameters = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment -> JSONValue in
            Self.parameter(String(segment.dropFirst().dropLast()), in: "path", "Identifier.", required: true)
        }
        parameters += query.map { Self.parameter($0.0, in: "query", $0.1, required: false) }
        parameters += headers.map { Self.parameter($0.0, in: "header", $0.1, required: false) }
        var responses: [String: JSONValue] = ["default": ["$ref": "#/components/responses/problem"]]
        for (status, meaning, schema) in answers {
            var response: [String: JSONValue] = ["description": .string(meaning)]
            if let schema { response["content"] = ["application/json": ["schema": schema]] }
            responses[status] = .object(response)
        }
        for (status, meaning) in refusals {
            let schema: JSONValue = ["$ref": "#/components/schemas/problem"]
            responses[status] = ["description": .string(meaning), "content": ["application/problem+json": ["schema": schema]]]
        }
        var document: [String: JSONValue] = [
            "summary": .string(summary), "tags": [.string(tag)], "parameters": .array(parameters), "responses": .object(responses),
            "operationId": .string(method + path.replacing("/", with: "_").replacing("{", with: "").replacing("}", with: "")),
        ]
        if let body { document["requestBody"] = ["required": true, "content": .object([body.type: ["schema": body.schema]])] }
        self.document = .object(document)
    }

    private static func parameter(_ name: String, in place: String, _ help: String, required: Bool) -> JSONValue {
        [
            "name": .string(name), "in": .string(place), "description": .string(help), "required": .bool(required),
            "schema": ["type": "string"],
        ]
    }
}

/// The routes that every service with operations has.
enum OperationRouteDocuments {
    static let modelMissing = "A model that it needs is not installed; the message names the command that helps."

    /// Whether it runs a model of this machine: it lets one be chosen, or is refused where there are none. Those of the video service
    /// are asked through the gateway.
    private static func usesModels(_ operation: AnyOperation) -> Bool {
        guard operation.service == "audio" else { return false }
        if operation.fields.contains(where: { ["model", "voice"].contains($0.name) }) { return true }
        do {
            try operation.check(operation.defaultParameters, resources: ["models": "/nowhere"])
            return false
        } catch {
            return error.code == "model-missing"
        }
    }

    static func routes(_ catalogue: OperationCatalogue) -> [RouteDocument] {
        let (service, job): (String, JSONValue) = (catalogue.service, ["$ref": "#/components/schemas/job"])
        let object: JSONValue = ["type": "object"]
        return catalogue.operations.map { operation in
            RouteDocument(
                "POST /\(service)/\(operation.verb)", operation.summary, tag: service,
                headers: [
                    ("Prefer", "wait=20 answers 200 with the ended job when it ends in so many seconds."),
                    ("Idempotency-Key", "Makes a repeat of the request safe."),
                ],
                body: ("application/json", body(operation)),
                answers: [
                    ("202", "Accepted; Location names the job, or the batch for several inputs or a URL.", job),
                    ("200", "Ended in time.", job),
                ], refusals: usesModels(operation) ? [("409", modelMissing)] : [])
        } + [
            RouteDocument(
                "GET /\(service)/operations", "What the service can do.", tag: service,
                answers: [("200", "The operations.", object)]),
            RouteDocument(
                "GET /\(service)/jobs", "Jobs, newest first.", tag: service,
                query: [
                    ("state", "Only in this state."), ("batch", "Only of this batch."), ("before", "The next of the page before."),
                    ("limit", "1 to 500."),
                ],
                answers: [("200", "One page.", object)]),
            RouteDocument("GET /\(service)/jobs/{id}", "One job.", tag: service, answers: [("200", "The job.", job)]),
            RouteDocument("DELETE /\(service)/jobs/{id}", "Cancels a job.", tag: service, answers: [("200", "The job.", job)]),
            RouteDocument(
                "POST /\(service)/jobs/{id}/retry", "Runs a failed or cancelled job again.", tag: service,
                answers: [("202", "Queued.", job)]),
            RouteDocument(
                "GET /\(service)/jobs/{id}/events", "The job's changes as server-sent events, until it has ended.", tag: service,
                answers: [
                    (
                        "200",
                        "text/event-stream: `progress` and at last `finished` with the job, `partial` with what was just found "
                            + "of its result (index, content), for example a segment of a transcript.", nil
                    )
                ]),
        ] + BatchRouteDocuments.routes(service)
    }

    private static func body(_ operation: AnyOperation) -> JSONValue {
        let takesURL = operation.inputs.count == 1...1
        return [
            "type": "object", "additionalProperties": false,
            "properties": [
                "input": [
                    "type": "string",
                    "description": .string(
                        "A file's identifier" + (takesURL ? ", or a URL that the studio fetches: a batch of one." : ".")),
                ],
                "inputs": [
                    "type": "array", "items": ["type": "string"], "maxItems": 1000,
                    "description": .string(takesURL ? "Several files or URLs: a batch with one job each." : "Files."),
                ],
                "parameters": ["$ref": .string("#/components/schemas/\(operation.name).parameters")],
            ],
        ]
    }
}
