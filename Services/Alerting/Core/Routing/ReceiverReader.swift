import HTTP
import HTTPClient
import Primitives
import YAML

/// Reads the receivers of an alert file, with their secrets: `url`, or `url_file`, or `url_env` for what nobody shall read there.
struct ReceiverReader {
    private let problems: ProblemList
    private let secrets: SecretFiles
    private let environment: [String: String]
    private let isForgiving: Bool

    /// - Parameter isForgiving: a secret that can not be read makes only its channel unusable.
    init(_ problems: ProblemList, secrets: SecretFiles, environment: [String: String], isForgiving: Bool) {
        (self.problems, self.secrets, self.environment) = (problems, secrets, environment)
        self.isForgiving = isForgiving
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
        let (user, host) = (fields.optionalText("user"), fields.text("host"))
        let port = fields.integer("port", 1...65_535, default: security == .tls ? 465 : 587)
        let certificates = fields.optionalText("ca_file").map(secrets.path)
        var (password, failure): (String?, String?)
        do { password = try secret(fields, "password")?.text } catch { failure = error.message }
        return MailSettings(
            server: MailServer(
                host: host, port: port, security: security ?? .starttls, user: user, password: password,
                trustedCertificates: certificates), from: from, failure: failure)
    }

    func receivers(_ file: FieldReader, hasMail: Bool) -> [Receiver] {
        var names: Set<String> = []
        return file.nodes("receivers").map { node in
            let fields = FieldReader(node, what: "a receiver", known: ["name", "slack", "email", "webhook"], problems: problems)
            let name = fields.text("name")
            if !names.insert(name).inserted { fields.problem("the receiver \(name) is given twice", at: "name") }
            // What a receiver was told is kept under the group's key, this sign and its name (`Dispatcher.id`).
            if name.contains(">") { fields.problem("the name of a receiver can not have >", at: "name") }
            let slack = fields.nodes("slack").map { channel("slack", $0, self.slack) }
            let mails = fields.nodes("email").map { node in
                if !hasMail { problems.add("email needs smtp at the top of the file", at: node.position) }
                return mail(node)
            }
            return Receiver(name: name, channels: slack + mails + fields.nodes("webhook").map { channel("webhook", $0, webhook) })
        }
    }

    private func channel(
        _ kind: String, _ node: YAMLNode, _ read: (YAMLNode) throws(SecretError) -> Channel
    ) -> Channel {
        do { return try read(node) } catch { return .unusable(kind: kind, reason: error.message) }
    }

    private func slack(_ node: YAMLNode) throws(SecretError) -> Channel {
        let fields = FieldReader(
            node, what: "slack", known: ["channel", "api_url"] + secretKeys("url") + secretKeys("token"), problems: problems)
        if let token = try secret(fields, "token") {
            let api = fields.optionalText("api_url") ?? "https://slack.com/api"
            checkURL(api, fields, "api_url")
            return .slackBot(api: api, token: token.text, channel: fields.text("channel"))
        }
        guard let url = try secret(fields, "url") else {
            fields.problem("slack needs url, url_file or url_env of an incoming webhook, or token and channel")
            return .slackWebhook(url: "")
        }
        checkURL(url.text, fields, url.key)
        return .slackWebhook(url: url.text)
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

    private func webhook(_ node: YAMLNode) throws(SecretError) -> Channel {
        let fields = FieldReader(node, what: "webhook", known: secretKeys("url") + secretKeys("secret"), problems: problems)
        let url = try secret(fields, "url")
        if let url { checkURL(url.text, fields, url.key) } else { fields.problem("webhook needs url, url_file or url_env") }
        let secret = try secret(fields, "secret")
        let key = secret.flatMap { WebhookSecret(text: $0.text) }
        if let secret, key == nil {
            fields.problem("secret must be whsec_ and 24 to 64 bytes in Base64, as Standard Webhooks has it", at: secret.key)
        }
        return .webhook(url: url?.text ?? "", secret: key)
    }

    private func checkURL(_ url: String, _ fields: FieldReader, _ key: String) {
        let isWeb = (url.hasPrefix("https://") || url.hasPrefix("http://")) && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        if !isWeb { fields.problem("the URL must begin with https:// or http://", at: key) }
    }

    private func secretKeys(_ key: String) -> [String] { [key, key + "_file", key + "_env"] }

    /// The secret of a mapping, and under which key it stands there.
    /// - Returns: `nil` when the mapping has none.
    /// - Throws: `SecretError` for one that can not be read, which is noted.
    private func secret(_ fields: FieldReader, _ key: String) throws(SecretError) -> (key: String, text: String)? {
        let (file, variable) = (key + "_file", key + "_env")
        do throws(SecretError) {
            if let name = fields.optionalText(file) { return (file, try secrets.read(name)) }
            guard let name = fields.optionalText(variable) else { return fields.optionalText(key).map { (key, $0) } }
            guard let text = environment[name], !text.isEmpty else { throw SecretError("the environment has no \(name)") }
            return (variable, text)
        } catch {
            if !isForgiving { fields.problem(error.message, at: fields.node(file) == nil ? variable : file) }
            throw error
        }
    }
}
