import Contracts
import Persistence
import Primitives

extension JobService {
    /// Writes a job's order into the outbox. Every sending has an identifier of its own, so that the queue takes repeats.
    func appendOrder(_ job: JobDocument, to connection: Connection) throws {
        let large = LargeParameters(job.parameters)
        let order = JobOrder(
            id: job.id, operation: job.operation, inputs: job.inputs, parameters: large == nil ? job.parameters : nil,
            parametersDigest: large?.digest, owner: job.owner)
        try append(Subjects.job(job.operation), type: "avstudio.job.order", job, order, to: connection)
    }

    /// Writes what happened to a job into the outbox.
    /// - Parameter what: `accepted` or `finished`.
    func appendEvent(_ what: String, _ job: JobDocument, to connection: Connection) throws {
        try append(
            Subjects.jobEvent(service: settings.service, what), type: "avstudio.job.\(what)", job, job.withoutParameters,
            to: connection)
    }

    /// Writes a job that was given up into the outbox.
    func appendDeadLetter(_ job: JobDocument, to connection: Connection) throws {
        try append(Subjects.dead(job.operation), type: "avstudio.job.dead", job, job.withoutParameters, to: connection)
    }

    private func append(
        _ subject: String, type: String, _ job: JobDocument, _ data: some Codable & Sendable, to connection: Connection
    ) throws {
        var event = CloudEvent(type: type, source: "/\(settings.service)", subject: job.id, data: data)
        event.traceparent = try event.traceparent ?? JobStore.traceparent(job.id, on: connection)
        let headers = event.traceparent.map { ["traceparent": $0] } ?? [:]
        try Outbox.append(
            OutboxMessage(id: event.id, subject: subject, payload: JSON.encode(event), headers: headers), on: connection)
    }
}

extension JobDocument {
    /// What others are told; whoever needs the parameters asks for the job.
    fileprivate var withoutParameters: JobDocument {
        var job = self
        job.parameters = nil
        return job
    }
}
