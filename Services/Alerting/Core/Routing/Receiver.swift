package import HTTP
package import HTTPClient
import Primitives

/// Who is told, and how.
package struct Receiver: Sendable, Hashable {
    package var name: String
    package var channels: [Channel]
}

/// One way to tell a receiver.
package enum Channel: Sendable, Hashable {
    /// An incoming webhook of Slack.
    case slackWebhook(url: String)
    /// `chat.postMessage` with a bot's token, which can answer in a thread.
    case slackBot(api: String, token: String, channel: String)
    case mail(recipients: [String])
    /// Standard Webhooks, signed when there is a secret.
    case webhook(url: String, secret: WebhookSecret?)
    /// Its secret can not be read now: what goes through it waits.
    case unusable(kind: String, reason: String)

    /// As documents name it.
    package var kind: String {
        switch self {
        case .slackWebhook, .slackBot: "slack"
        case .mail: "email"
        case .webhook: "webhook"
        case .unusable(let kind, _): kind
        }
    }

    /// Where it goes, without what is secret.
    package var target: String {
        switch self {
        case .slackWebhook(let url): Self.host(url)
        case .slackBot(_, _, let channel): channel
        case .mail(let recipients): recipients.joined(separator: ", ")
        case .webhook(let url, _): Self.host(url)
        case .unusable: ""
        }
    }

    /// The part of a URL that is no secret.
    private static func host(_ url: String) -> String {
        guard let start = url.firstRange(of: "://") else { return "" }
        return String(url[..<start.upperBound] + url[start.upperBound...].prefix { $0 != "/" && $0 != "?" })
    }
}

/// The mail server, and whom mails come from.
package struct MailSettings: Sendable, Hashable {
    package var server: MailServer
    package var from: String
    /// Why no mail can be sent now: the password can not be read.
    package var failure: String?
}
