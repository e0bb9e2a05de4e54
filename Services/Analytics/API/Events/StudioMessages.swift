import Contracts
package import Primitives

/// What the studio's own messages mean to the analytics.
package enum StudioMessages {
    /// What a message on `Subjects.metric` holds: a call of a model or an array of them, or events.
    package static func metrics(_ payload: Bytes, reader: EventReader, now: Timestamp) -> Delivery {
        guard let text = try? EventText(payload) else { return Delivery(reader.events(in: payload, from: .studio, now: now)) }
        let isList = text.kind(0) == .array && text.tokens.count > 1
        guard text.member("name", isList ? 1 : 0).flatMap(text.string) == ModelCallMetric.name else {
            return Delivery(reader.events(in: payload, from: .studio, now: now))
        }
        var delivery = Delivery(events: [])
        for (place, index) in (isList ? text.elements(0) : [0]).enumerated() {
            do {
                let call = try JSON.decode(ModelCallMetric.self, from: text.value(index))
                delivery.events += events(of: call).map(Event.measurement)
            } catch {
                let field = isList ? "[\(place)]" + (error.path.isEmpty ? "" : "." + error.path) : error.path
                delivery.problems.append(EventProblem("invalid-model-call", error.message, field: field))
            }
        }
        return delivery
    }

    /// What an event of the studio means: the end of a job, a budget that reaches a threshold, or nothing.
    package static func event(_ payload: Bytes) -> Delivery {
        do {
            let event = try JSON.decode(CloudEvent<JSONValue>.self, from: payload)
            if event.type == BudgetThreshold.type {
                let threshold = try event.data.decoded(as: BudgetThreshold.self)
                return Delivery(events: [.measurement(measurement(of: threshold, at: event.time))], id: event.id)
            }
            guard ["avstudio.job.finished", "avstudio.job.accepted"].contains(event.type) else { return Delivery(events: []) }
            let job = try event.data.decoded(as: JobDocument.self)
            // A job that is answered with an earlier result has ended when it is accepted; no other event tells of it.
            guard job.state.isFinal else { return Delivery(events: []) }
            return Delivery(events: events(of: job), id: event.id)
        } catch {
            return Delivery(events: [], problems: [EventProblem("invalid-event", error.message, field: error.path)])
        }
    }

    private static func measurement(of threshold: BudgetThreshold, at time: Timestamp) -> Measurement {
        Measurement(
            time: time, owner: threshold.subject.cut(to: EventLimits().nameBytes), script: "gateway.llm",
            type: MetricType.budgetPercent, value: Double(threshold.thresholdPercent),
            labels: [
                Label("budget", threshold.budget), Label("period", threshold.period), Label("scope", threshold.scope),
                Label("subject", threshold.subject),
            ])
    }

    static func events(of call: ModelCallMetric) -> [Measurement] {
        var labels = [Label("key", call.key), Label("model", call.model), Label("provider", call.provider)]
        if let user = call.user { labels.append(Label("user", user)) }
        if let organisation = call.organisation { labels.append(Label("organisation", organisation)) }
        if let video = call.video { labels.append(Label("video", video)) }
        if let channel = call.channel { labels.append(Label("channel", channel)) }
        let owner = call.organisation ?? call.user ?? call.key
        func measured(_ type: String, _ value: Double, _ more: [Label] = []) -> Measurement {
            Measurement(
                time: call.time, owner: owner, script: "gateway.llm", type: type, value: value, labels: labels + more)
        }
        var events = [
            measured(MetricType.llmCalls, 1, [Label("outcome", call.outcome)]), measured(MetricType.cost, call.cost),
            measured(MetricType.inputTokens, Double(call.inputTokens)),
            measured(MetricType.outputTokens, Double(call.outputTokens)),
            measured(MetricType.llmSeconds, call.seconds),
        ]
        if call.cachedTokens > 0 { events.append(measured(MetricType.cachedTokens, Double(call.cachedTokens))) }
        if let first = call.firstTokenSeconds { events.append(measured(MetricType.firstTokenSeconds, first)) }
        if call.isCacheHit { events.append(measured(MetricType.llmCacheHits, 1)) }
        if call.fallbacks > 0 { events.append(measured(MetricType.llmFallbacks, Double(call.fallbacks))) }
        let saved = call.savedByCache + call.savedByRouting
        if saved > 0 { events.append(measured(MetricType.saved, saved)) }
        if call.outcome == "failed" {
            events.append(measured(MetricType.llmFailed, 1))
            events.append(measured(MetricType.errors, 1, [Label("error_type", "model-call-failed")]))
        }
        return events.filter { $0.value.isFinite && abs($0.value) <= EventLimits().magnitude }
    }

    static func events(of job: JobDocument) -> [Event] {
        let time = job.finished ?? job.created
        let status: RunEvent.Status =
            switch job.state {
            case .succeeded: .succeeded
            case .failed: .failed
            default: .cancelled
            }
        let labels = job.owner.hasPrefix("org_") ? [Label("organisation", job.owner)] : []
        let run = RunReport(
            id: job.id, owner: job.owner, script: job.operation, status: status, started: job.started ?? job.created, ended: time,
            errorType: job.problem?.code, error: job.problem?.message.cut(to: EventLimits().errorBytes), labels: labels,
            isCounted: false)
        func measured(_ type: String, _ value: Double, _ more: [Label] = []) -> Event {
            .measurement(
                Measurement(
                    time: time, owner: job.owner, script: job.operation, type: type, value: value, run: job.id,
                    labels: labels + more))
        }
        var events: [Event] = [
            .run(run), measured(MetricType.jobs, 1), measured(MetricType.bytesIn, Double(job.inputs.reduce(0) { $0 + $1.size })),
        ]
        if job.cached { events.append(measured(MetricType.cachedJobs, 1)) }
        if let started = job.started {
            events.append(measured(MetricType.processingSeconds, time.duration(since: started).seconds))
            events.append(measured(MetricType.waitingSeconds, started.duration(since: job.created).seconds))
        }
        if job.state == .failed {
            events.append(measured(MetricType.jobsFailed, 1))
            events.append(measured(MetricType.errors, 1, [Label("error_type", job.problem?.code ?? "unknown")]))
        }
        guard job.state == .succeeded, let result = job.result else { return events }
        events.append(measured(MetricType.bytesOut, Double(result.files.reduce(0) { $0 + $1.size })))
        if let usage = result.usage { events.append(measured(MetricType.cpuSeconds, usage.cpuSeconds)) }
        if let seconds = result.mediaSeconds {
            events.append(measured(MetricType.mediaSeconds, seconds))
            let work = job.started.map { time.duration(since: $0).seconds } ?? 0
            if work > 0 { events.append(measured(MetricType.speed, seconds / work)) }
        }
        if let frames = result.frames { events.append(measured(MetricType.frames, Double(frames))) }
        let service = job.operation.prefix { $0 != "." }
        if service == "video" { events.append(measured(MetricType.videosProcessed, 1)) }
        if service == "audio" { events.append(measured(MetricType.audioProcessed, 1)) }
        let captions = result.files.count { file in [".srt", ".vtt", ".ass"].contains { file.name.hasSuffix($0) } }
        if captions > 0 { events.append(measured(MetricType.captionsGenerated, Double(captions))) }
        return events
    }
}

extension Delivery {
    /// Events that were read, and what was wrong with the others.
    package init(_ read: [Result<Event, EventProblem>]) {
        self.init(events: [])
        for result in read {
            switch result {
            case .success(let event): events.append(event)
            case .failure(let problem): problems.append(problem)
            }
        }
    }
}
