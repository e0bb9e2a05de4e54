import HTTP
package import HTTPClient
package import Primitives

/// Makes one attempt through any kind of channel: to public addresses and hosts that the configuration names.
package struct ChannelSender: Sendable {
    private static let answer = ByteSize.kib(64)
    private let patience: Duration
    private let client: HTTPClient
    private let mails: MailClient
    private let report: @Sendable (_ period: Range<Timestamp>) async throws -> Bytes

    /// - Parameters:
    ///   - egress: which addresses receivers and mail servers may have.
    ///   - trustedCertificates: a PEM file of authorities to trust instead of the system's.
    ///   - patience: how long a receiver may take.
    ///   - report: fetches the report on a period, a PDF.
    package init(
        egress: EgressPolicy, trustedCertificates: String? = nil, patience: Duration = .seconds(30),
        report: @escaping @Sendable (_ period: Range<Timestamp>) async throws -> Bytes
    ) {
        self.patience = patience
        client = HTTPClient(
            configuration: HTTPClientConfiguration(
                retry: nil, circuitBreaker: nil, egress: egress, sharesConnections: false, followRedirects: 0,
                trustedCertificates: trustedCertificates, userAgent: "AV-Studio-Alerting"))
        mails = MailClient(egress: egress, limit: patience)
        self.report = report
    }

    package func shutdown() async { await client.shutdown() }

    /// Makes one attempt.
    package func send(_ order: SendOrder) async -> SendResult {
        let (delivery, notification) = (order.delivery, order.delivery.notification)
        let slack = SlackMessage(notification: notification, delivery: delivery.id)
        switch order.channel {
        case .slackWebhook(let url): return await post(url, slack.webhook.serialized())
        case .slackBot(let api, let token, let channel):
            let body = slack.post(to: channel, thread: order.reference).serialized()
            return await postToSlack(api + "/chat.postMessage", token, body)
        case .webhook(let url, let secret):
            let body = Self.webhook(notification).serialized()
            let signed = WebhookSignature.headers(
                id: delivery.id, time: .now(), payload: body, secrets: secret.map { [$0] } ?? [])
            return await post(url, body, headers: secret == nil ? [signed[0]] : signed)
        case .mail(let recipients):
            guard let settings = order.mail else { return .failed("the file of alerts has no smtp", isFinal: true) }
            if let reason = settings.failure { return .failed(reason) }
            return await mail(order, recipients, settings)
        case .unusable(_, let reason): return .failed(reason)
        }
    }

    private func mail(_ order: SendOrder, _ recipients: [String], _ settings: MailSettings) async -> SendResult {
        let notification = order.delivery.notification
        do {
            var attachments: [MailMessage.Attachment] = []
            if notification.kind == .report {
                let name = "report-\(notification.days.replacing(" ", with: "-")).pdf"
                attachments.append(
                    MailMessage.Attachment(
                        name: name, type: "application/pdf", bytes: try await report(notification.period)))
            }
            let message = MailText(notification: notification).message(
                id: order.delivery.id, from: settings.from, recipients: recipients, references: order.reference,
                attachments: attachments)
            let before = order.delivery.progress
            let refusals = try await mails.send(message, to: settings.server, recipients: before?.remaining)
            let refused = (before?.refused ?? []) + refusals.filter(\.isFinal).map(\.description)
            let later = refusals.filter { !$0.isFinal }
            guard later.isEmpty else {
                let reason = later.map(\.description).joined(separator: "; ")
                return .partly(MailProgress(remaining: later.map(\.recipient), refused: refused), reason)
            }
            return .delivered(
                reference: order.delivery.id, remark: refused.isEmpty ? nil : refused.joined(separator: "; "))
        } catch let error as MailError {
            return .failed("\(error.code): \(error.message)", isFinal: !error.isRetriable)
        } catch {
            return .failed("\(error)")
        }
    }

    private func postToSlack(_ url: String, _ token: String, _ body: Bytes) async -> SendResult {
        do {
            let response = try await request(url, body, [("authorization", "Bearer \(token)")])
            guard response.status.rawValue == 200 else { return await Self.result(response) }
            let answer = try JSONValue(parsing: try await response.collect(upTo: Self.answer))
            if answer["ok"] == true { return .delivered(reference: answer["ts"]?.stringValue) }
            let error = answer["error"]?.stringValue ?? "no reason given"
            // What passes by itself (api.slack.com, chat.postMessage, "Errors").
            let passing = [
                "ratelimited", "rate_limited", "internal_error", "fatal_error", "request_timeout", "service_unavailable",
            ]
            return .failed("Slack: \(error)", retryAfter: response.retryAfter, isFinal: !passing.contains(error))
        } catch {
            return .failed(Self.reason(error))
        }
    }

    private func post(_ url: String, _ body: Bytes, headers: [(name: String, value: String)] = []) async -> SendResult {
        do {
            return await Self.result(try await request(url, body, headers))
        } catch {
            return .failed(Self.reason(error), isFinal: Self.isFinal(error))
        }
    }

    private func request(
        _ url: String, _ body: Bytes, _ more: [(name: String, value: String)]
    ) async throws(HTTPClientError) -> ClientResponse {
        var headers: HTTPHeaders = ["Content-Type": "application/json; charset=utf-8"]
        for (name, value) in more { headers[name] = value }
        return try await client.send(
            ClientRequest(
                .post, url, headers: headers, body: .bytes(body), deadline: patience, idleTimeout: patience))
    }

    private static func result(_ response: ClientResponse) async -> SendResult {
        let status = response.status.rawValue
        defer { response.body.cancel() }
        if (200...299).contains(status) { return .delivered(reference: nil) }
        // What the receiver will say of the same message every time.
        let isFinal = [400, 403, 404, 405, 410, 413, 422].contains(status)
        let reason = await line(of: response).map { ": \($0)" } ?? ""
        return .failed("answered \(status)\(reason)", retryAfter: response.retryAfter, isFinal: isFinal)
    }

    /// Why a message is refused, in the receiver's own words: Slack says "no_service" or "invalid_payload" to webhooks.
    private static func line(of response: ClientResponse) async -> String? {
        guard response.headers["Content-Type"]?.hasPrefix("text/plain") == true,
            let bytes = try? await response.collect(upTo: .kib(4))
        else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).prefix { !$0.isNewline }.prefix(100)
        return line.isEmpty ? nil : String(line)
    }

    private static func reason(_ error: any Error) -> String {
        (error as? any CodedError).map { "\($0.code): \($0.message)" } ?? "\(error)"
    }

    private static func isFinal(_ error: any Error) -> Bool {
        switch error {
        case HTTPClientError.refusedAddress, HTTPClientError.invalidRequest: true
        default: false
        }
    }

    /// The body of a webhook (Standard Webhooks 1.0, "Webhook payload structure").
    private static func webhook(_ notification: Notification) -> JSONValue {
        [
            "type": .string(
                "\(notification.kind == .alerts ? "alert" : notification.kind.rawValue).\(notification.state.rawValue)"),
            "timestamp": .string(notification.time.iso8601),
            "data": [
                "receiver": .string(notification.receiver), "status": .string(notification.state.rawValue),
                "title": .string(notification.title), "group_key": .string(notification.groupKey),
                "group_labels": notification.groupLabels.document,
                "common_labels": (notification.commonLabels ?? notification.groupLabels).document,
                "firing": JSONValue(notification.firing),
                "resolved": JSONValue(notification.resolved), "hidden": JSONValue(notification.hidden),
                "url": JSONValue(notification.url),
                "alerts": .array(
                    notification.items.map { item in
                        [
                            "fingerprint": .string(item.fingerprint), "status": .string(item.state.rawValue),
                            "labels": item.labels.document, "annotations": item.annotations.document,
                            "value": JSONValue(item.value), "started": .string(item.started.iso8601),
                            "ended": JSONValue(item.ended?.iso8601),
                        ]
                    }),
            ],
        ]
    }
}
