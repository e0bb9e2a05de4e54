package import Primitives

/// What a service tells about itself to those who look for services (NATS ADR-32).
package struct ServiceAnnouncement: Sendable {
    package struct Endpoint: Sendable {
        package var name: String
        package var subject: String
        package var queueGroup: String
        package var metadata: [String: String]
        /// What it has done so far, for example a responder's `statistics`.
        package var statistics: @Sendable () -> EndpointStatistics

        package init(
            name: String, subject: String, queueGroup: String = "q", metadata: [String: String] = [:],
            statistics: @escaping @Sendable () -> EndpointStatistics = { EndpointStatistics() }
        ) {
            (self.name, self.subject, self.queueGroup) = (name, subject, queueGroup)
            (self.metadata, self.statistics) = (metadata, statistics)
        }
    }

    /// The kind of service: letters, digits, `-` and `_`.
    package var name: String
    /// This instance: letters, digits, `-` and `_`.
    package var id: String
    /// Semantic Versioning 2.0.
    package var version: String
    package var description: String
    package var metadata: [String: String]
    package var endpoints: [Endpoint]
    package let started = Timestamp.now()

    package init(
        name: String, id: String, version: String, description: String, metadata: [String: String] = [:],
        endpoints: [Endpoint] = []
    ) {
        (self.name, self.id, self.version, self.description) = (name, id, version, description)
        (self.metadata, self.endpoints) = (metadata, endpoints)
    }
}

extension ServiceAnnouncement {
    enum Verb: String, CaseIterable {
        case ping = "PING"
        case info = "INFO"
        case statistics = "STATS"
    }

    /// The subjects a verb is asked on: of all services, of this kind, of this instance.
    func subjects(_ verb: Verb) -> [String] {
        let all = "$SRV.\(verb.rawValue)"
        return [all, "\(all).\(name)", "\(all).\(name).\(id)"]
    }

    func answer(to verb: Verb) -> JSONValue {
        var document: [String: JSONValue] = [
            "name": .string(name), "id": .string(id), "version": .string(version), "metadata": Self.json(metadata),
        ]
        switch verb {
        case .ping:
            document["type"] = "io.nats.micro.v1.ping_response"
        case .info:
            document["type"] = "io.nats.micro.v1.info_response"
            document["description"] = .string(description)
            document["endpoints"] = .array(
                endpoints.map { endpoint in
                    var members = Self.identity(of: endpoint)
                    members["metadata"] = Self.json(endpoint.metadata)
                    return .object(members)
                })
        case .statistics:
            document["type"] = "io.nats.micro.v1.stats_response"
            document["started"] = .string(started.iso8601)
            document["endpoints"] = .array(endpoints.map(Self.statistics))
        }
        return .object(document)
    }

    private static func statistics(of endpoint: Endpoint) -> JSONValue {
        let statistics = endpoint.statistics()
        let numbers: [String: JSONValue] = [
            "num_requests": JSONValue(statistics.requests), "num_errors": JSONValue(statistics.errors),
            "last_error": .string(statistics.lastError), "processing_time": .integer(statistics.processingTime.nanoseconds),
            "average_processing_time": .integer(statistics.averageProcessingTime.nanoseconds),
        ]
        return .object(identity(of: endpoint).merging(numbers) { _, new in new })
    }

    private static func identity(of endpoint: Endpoint) -> [String: JSONValue] {
        ["name": .string(endpoint.name), "subject": .string(endpoint.subject), "queue_group": .string(endpoint.queueGroup)]
    }

    private static func json(_ metadata: [String: String]) -> JSONValue {
        .object(metadata.mapValues(JSONValue.string))
    }
}

extension MessageBus {
    /// Answers those who look for services on `$SRV`, so that `nats micro ls`, `info` and `stats` show this one.
    package func announce(_ service: ServiceAnnouncement) -> Responder {
        let endpoints = ServiceAnnouncement.Verb.allCases.flatMap { verb in
            service.subjects(verb).map { subject in
                // No queue: every instance answers.
                Responder.Endpoint(subject: subject, queue: nil) { _ in service.answer(to: verb).serialized() }
            }
        }
        return Responder(bus: self, endpoints: endpoints, concurrency: 4)
    }
}
