import Primitives

/// Every message that crosses a process boundary, with its schema and an example.
package enum MessageDocuments {
    package static let all =
        common + ModelMessageDocuments.all + AnalyticsMessageDocuments.all
        + AlertingMessageDocuments.all + HookMessageDocuments.all

    private static let common: [MessageDocument] = [
        MessageDocument(
            "cloud-event", "The envelope of every message: CloudEvents 1.0 in the JSON event format.",
            properties: [
                "specversion": ["const": "1.0"], "id": SchemaPieces.text, "source": SchemaPieces.text, "type": SchemaPieces.text,
                "subject": SchemaPieces.text, "time": SchemaPieces.time, "datacontenttype": ["const": "application/json"],
                "traceparent": SchemaPieces.text, "data": SchemaPieces.anything,
            ],
            optional: ["subject", "traceparent"], example: exampleEvent),
        MessageDocument(
            "principal", "Who makes a request; the gateway signs it into the X-AVStudio-Principal header.",
            properties: [
                "subject": SchemaPieces.text, "name": SchemaPieces.text, "owner": SchemaPieces.text, "tier": SchemaPieces.text,
                "scopes": SchemaPieces.list(SchemaPieces.text), "expires": SchemaPieces.time, "session": SchemaPieces.text,
                "origin": SchemaPieces.text, "body_digest": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
            ],
            optional: ["name", "session", "origin", "body_digest"],
            example: Principal(
                subject: "key_01", name: "nightly", owner: "ann", tier: "standard", scopes: [.audioRun],
                expires: exampleTime)),
        MessageDocument(
            "job-order", eventType: "avstudio.job.order", subject: "avstudio.job.{operation}", "The order to run a job.",
            properties: [
                "id": SchemaPieces.text, "operation": SchemaPieces.text, "inputs": SchemaPieces.list(SchemaPieces.file),
                "parameters": SchemaPieces.anything, "parameters_digest": SchemaPieces.digest, "owner": SchemaPieces.text,
            ],
            optional: ["parameters", "parameters_digest", "owner"],
            example: JobOrder(
                id: exampleID, operation: "audio.normalize", inputs: [exampleFile], parameters: ["preset": "podcast"], owner: "ann")
        ),
        MessageDocument(
            "job-progress", eventType: "avstudio.job.progress", subject: "avstudio.progress.{service}", "How far a running job is.",
            properties: [
                "id": SchemaPieces.text, "attempt": SchemaPieces.count, "fraction": SchemaPieces.fraction,
                "stage": SchemaPieces.text, "partial": SchemaPieces.partial,
            ],
            optional: ["stage", "partial"],
            example: JobProgress(
                id: exampleID, attempt: 1, fraction: 0.5, stage: "Good morning.",
                partial: JobPartial(
                    index: 0, content: ["start_seconds": 0.5, "end_seconds": 1.5, "text": "Good morning."]))),
        MessageDocument(
            "job-request", subject: "avstudio.rpc.{service}.submit",
            "Runs an operation: a request with the header X-AVStudio-Principal, answered by the job (without its parameters), by the "
                + "batch that several inputs make, or by a problem document.",
            properties: [
                "operation": SchemaPieces.text, "inputs": SchemaPieces.list(SchemaPieces.text),
                "parameters": SchemaPieces.anything, "idempotency_key": SchemaPieces.text,
            ],
            optional: ["inputs", "parameters", "idempotency_key"],
            example: JobRequest(
                operation: "audio.normalize", inputs: ["file_01kaj6x3v5m8q2r4t6w8y0a2c4"], parameters: ["preset": "podcast"])),
        MessageDocument(
            "job-question", subject: "avstudio.rpc.{service}.job",
            "Asks for a job: a request with the header X-AVStudio-Principal, answered as that of a job's submission is.",
            properties: ["id": SchemaPieces.text], optional: [], example: JobQuestion(id: exampleID)),
        MessageDocument(
            "job-outcome", subject: "avstudio.rpc.{service}.job-finish", "How an attempt ended, as a worker tells it.",
            properties: [
                "id": SchemaPieces.text, "worker": SchemaPieces.text, "attempt": SchemaPieces.count,
                "partials": SchemaPieces.count, "result": SchemaPieces.result, "problem": SchemaPieces.problem,
            ],
            optional: ["result", "problem"],
            example: JobOutcome(id: exampleID, worker: "audio-1", attempt: 1, problem: JobProblem(code: "not-media", message: "…"))),
        MessageDocument(
            "job", eventType: "avstudio.job.finished", subject: "avstudio.event.job.{service}.finished",
            "A job: answered by the API, told by events, kept as dead letter.",
            properties: [
                "id": SchemaPieces.text, "operation": SchemaPieces.text, "state": SchemaPieces.state, "owner": SchemaPieces.text,
                "batch": SchemaPieces.text, "inputs": SchemaPieces.list(SchemaPieces.file), "parameters": SchemaPieces.anything,
                "progress": SchemaPieces.fraction, "stage": SchemaPieces.text, "cached": SchemaPieces.flag,
                "attempts": SchemaPieces.count, "result": SchemaPieces.result, "problem": SchemaPieces.problem,
                "created": SchemaPieces.time, "started": SchemaPieces.time, "finished": SchemaPieces.time,
            ],
            optional: ["batch", "parameters", "stage", "result", "problem", "started", "finished"], example: exampleJob),
    ]

    private static let exampleID = "job_01kaj6x3v5m8q2r4t6w8y0a2c4"
    private static let exampleTime = Timestamp(milliseconds: 1_795_237_200_000)
    private static let exampleFile = JobFile(
        file: "file_01kaj6x3v5m8q2r4t6w8y0a2c4", digest: "sha256:" + String(repeating: "0123456789abcdef", count: 4),
        size: 5_760_044,
        name: "talk.wav", mediaType: "audio/wav")
    private static let exampleJob = JobDocument(
        id: exampleID, operation: "audio.normalize", state: .succeeded, owner: "ann", batch: nil, inputs: [exampleFile],
        parameters: ["preset": "podcast"], progress: 1, stage: nil, cached: false, attempts: 1,
        result: JobResult(
            files: [exampleFile], measurements: ["gain_db": 4.5], usage: JobUsage(cpuSeconds: 2.31, peakMemoryBytes: 61_000_000)),
        problem: nil, created: exampleTime,
        started: exampleTime, finished: exampleTime)

    private static var exampleEvent: CloudEvent<JobProgress> {
        var event = CloudEvent(
            type: "avstudio.job.progress", source: "/audio", subject: exampleID, id: "evt_01kaj6x3v5m8q2r4t6w8y0a2c4",
            data: JobProgress(id: exampleID, attempt: 1, fraction: 0.5))
        event.time = exampleTime
        event.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        return event
    }
}
