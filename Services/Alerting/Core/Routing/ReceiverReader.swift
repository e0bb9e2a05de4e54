import FoundationEssentials
import HTTP
import HTTPClient
import Primitives
import YAML

/// Reads the receivers of an alert file, with their secrets: `url`, or `url_file`, or `url_env` for what nobody shall read there.
struct ReceiverReader {
    private let problems: ProblemList
    private let folder: String
    private let environment: [String: String]

    init(_ problems: ProblemList, folder: String, environment: [String: String]) {
        (self.problems, self.folder, self.environment) = (problems, folder, environment)
    }

    func mail(_ file: FieldReader) -> MailSettings? {
        guard let node = file.node("smtp") else { return nil }
        let fields = FieldReader(
            node, what: "smtp", known: ["host", "port", "security", "user", "from", "ca_file"] + secretKeys("password"),
            problems: problems)
        let word = fields.optionalText("security") ?? "starttls"
        let security = MailServer.Security(rawValue: word)
        if security == nil { fields.problem("security must be one of: starttls, tls, none", at: "security") }
        let from = fields.text("from")
        if !from.isEmpty && !MailAddress.isPlain(from) {
            fields.problem("from must be an address such as studio@example.org", at: "from")
        }
        return MailSettings(
            server: MailServer(
                host: fields.text("host"), port: fields.integer("port", 1...65_535, default: security == .tls ? 465 : 587),
                security: security ?? .starttls, user: fields.optionalText("user"), password: secret(fields, "password"),
                trustedCertificates: fields.optionalText("ca_file").map(path)),
            from: from)
    }

    func receivers(_ file: FieldReader, hasMail: Bool) -> [Receiver] {
        var names: Set<String> = []
        return file.nodes("receivers").map { node in
            let fields = FieldReader(node, what: "a receiver", known: ["name", "slack", "email", "webhook"], problems: problems)
            let name = fields.text("name")
            if !names.insert(name).inserted { fields.problem("the receiver \(name) is given twice", at: "name") }
            let slack = fields.nodes("slack").map(slack)
            let mails = fields.nodes("email").map { node in
                if !hasMail { problems.add("email needs smtp at the top of the file", at: node.position) }
                return mail(node)
            }
            return Receiver(name: name, channels: slack + mails + fields.nodes("webhook").map(webhook))
        }
    }

    private func slack(_ node: YAMLNode) -> Channel {
        let fields = FieldReader(
            node, what: "slack", known: ["channel", "api_url"] + secretKeys("url") + secretKeys("token"), problems: problems)
        if let token = secret(fields, "token") {
            let api = fields.optionalText("api_url") ?? "https://slack.com/api"
            checkURL(api, fields, "api_url")
            return .slackBot(api: api, token: token, channel: fields.text("channel"))
        }
        let url = secret(fields, "url")
        if url == nil { fields.problem("slack needs url, url_file or url_env of an incoming webhook, or token and channel") }
        url.map { checkURL($0, fields, nil) }
        return .slackWebhook(url: url ?? "")
    }

    private func mail(_ node: YAMLNode) -> Channel {
        let fields = FieldReader(node, what: "email", known: ["to"], problems: problems)
        let recipients = fields.texts("to")
        if recipients.isEmpty || recipients.count > 50 { fields.problem("email needs to, a list of 1 to 50 addresses") }
        for (address, position) in recipients where !MailAddress.isPlain(address) {
            problems.add("\(address) is no mail address", at: position)
        }
        return .mail(recipients: recipients.map(\.text))
    }

    private func webhook(_ node: YAMLNode) -> Channel {
        let fields = FieldReader(node, what: "webhook", known: secretKeys("url") + secretKeys("secret"), problems: problems)
        let url = secret(fields, "url") ?? ""
        if url.isEmpty { fields.problem("webhook needs url, url_file or url_env") } else { checkURL(url, fields, nil) }
        let text = secret(fields, "secret")
        let key = text.flatMap { WebhookSecret(text: $0) }
        if text != nil && key == nil {
            fields.problem("secret must be whsec_ and 24 to 64 bytes in Base64, as Standard Webhooks has it")
        }
        return .webhook(url: url, secret: key)
    }

    private func checkURL(_ url: String, _ fields: FieldReader, _ key: String?) {
        let isWeb = (url.hasPrefix("https://") || url.hasPrefix("http://")) && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        if !isWeb { fields.problem("the URL must begin with https:// or http://", at: key) }
    }

    private func secretKeys(_ key: String) -> [String] { [key, key + "_file", key + "_env"] }

    private func secret(_ fields: FieldReader, _ key: String) -> String? {
        if let name = fields.optionalText(key + "_file") {
            guard let data = FileManager.default.contents(atPath: path(name)) else {
                fields.problem("the file \(name) can not be read", at: key + "_file")
                return nil
            }
            return String(decoding: data, as: UTF8.self).filter { !$0.isNewline }
        }
        if let name = fields.optionalText(key + "_env") {
            if let text = environment[name], !text.isEmpty { return text }
            fields.problem("the environment has no \(name)", at: key + "_env")
            return nil
        }
        return fields.optionalText(key)
    }

    private func path(_ name: String) -> String { name.hasPrefix("/") ? name : folder + "/" + name }
}
