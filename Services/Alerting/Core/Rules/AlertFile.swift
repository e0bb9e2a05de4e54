package import Primitives
package import YAML

/// Everything that people decide about alerts: rules, receivers, routes, inhibitions and reports, read from one YAML file.
package struct AlertFile: Sendable, Hashable {
    package var rules: [AlertRule] = []
    package var receivers: [Receiver] = []
    package var mail: MailSettings?
    package var route = Route()
    package var inhibitions: [Inhibition] = []
    package var reports: [ReportSchedule] = []

    package init() {}

    /// Reads a file as a whole: either all of it is right or nothing is taken.
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - name: the file's, for problems.
    ///   - folder: where the files of secrets are that have no absolute path.
    /// - Throws: `AlertFileError` with every problem and its line.
    package init(
        _ text: Bytes, name: String = "alerts.yaml", folder: String = ".", environment: [String: String] = [:]
    ) throws(AlertFileError) {
        try self.init(text, name: name, secrets: SecretFiles(folder: folder), environment: environment)
    }

    /// - Parameters:
    ///   - secrets: notes which files were read, also when the alert file is not right.
    ///   - isForgiving: a secret that can not be read makes only its channel unusable.
    init(
        _ text: Bytes, name: String, secrets: SecretFiles, environment: [String: String], isForgiving: Bool = false
    ) throws(AlertFileError) {
        let problems = ProblemList(file: name)
        if let root = problems.parse(text) {
            let fields = FieldReader(
                root, what: "the alert file", known: ["version", "rules", "smtp", "receivers", "route", "inhibit", "reports"],
                problems: problems)
            _ = fields.integer("version", 1...1)
            rules = RuleReader(problems).rules(fields)
            let reader = ReceiverReader(problems, secrets: secrets, environment: environment, isForgiving: isForgiving)
            mail = reader.mail(fields)
            receivers = reader.receivers(fields, hasMail: mail != nil)
            let routes = RouteReader(problems, receivers: receivers)
            route = routes.root(fields)
            inhibitions = routes.inhibitions(fields)
            reports = routes.reports(fields)
        }
        guard problems.problems.isEmpty else { throw AlertFileError(problems: problems.sorted) }
    }
}

/// The file can not be used; every problem is told at once.
package struct AlertFileError: CodedError, Equatable {
    package let problems: [FileProblem]
    package var code: String { "invalid-alert-file" }
    package var message: String { problems.map(\.description).joined(separator: "\n") }
}

extension FieldReader {
    /// A duration such as `5m`; a problem when it is missing without a fallback or no duration in the range.
    func span(_ key: String, _ range: ClosedRange<Duration> = .zero ... .hours(8784), default fallback: Duration? = nil) -> Duration
    {
        guard let node = node(key) else {
            if fallback == nil { problem("\(key) is missing: a duration such as 5m") }
            return fallback ?? range.lowerBound
        }
        if case .scalar(let text, _) = node.content, let span = TimeSpan.parse(text), range.contains(span) { return span }
        problem(
            "\(key) must be a duration such as 5m, from \(TimeSpan.text(range.lowerBound)) to \(TimeSpan.text(range.upperBound))",
            at: key)
        return range.lowerBound
    }

    /// A number; `nil` when it is missing or none, which is noted.
    func number(_ key: String) -> Double? {
        guard let node = node(key) else { return nil }
        if let value = node.json.doubleValue, value.isFinite { return value }
        problem("\(key) must be a number", at: key)
        return nil
    }

    /// A list of matchers, or a mapping of labels and the values that they must have.
    func matchers(_ key: String, _ problems: ProblemList) -> [LabelMatcher] {
        guard let node = node(key) else { return [] }
        var found: [LabelMatcher] = []
        func add(_ position: YAMLPosition, _ make: () throws(MatcherError) -> LabelMatcher) {
            do { found.append(try make()) } catch { problems.add(error.message, at: position) }
        }
        if case .mapping(let members) = node.content {
            for member in members {
                guard case .scalar(let value, _) = member.value.content else {
                    problems.add("a label's value must be text", at: member.value.position)
                    continue
                }
                add(member.at) { () throws(MatcherError) in try LabelMatcher(name: member.key, value: value) }
            }
        } else {
            for (text, position) in texts(key) { add(position) { () throws(MatcherError) in try LabelMatcher(text) } }
        }
        return found
    }
}

extension AlertFileError {
    init(unreadable path: String) {
        self.init(problems: [FileProblem(file: path, position: .start, text: "the file can not be read")])
    }
}
