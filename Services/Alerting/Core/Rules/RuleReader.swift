import AnalyticsAPI
import Primitives
import YAML

/// Reads the rules of an alert file.
struct RuleReader {
    private static let limit = 5000
    private static let common = ["name", "kind", "window", "by", "for", "keep", "severity", "labels", "annotations"]
    private static let bounds = AlertRule.Bound.Sign.allCases.map(\.rawValue)
    private let problems: ProblemList

    init(_ problems: ProblemList) { self.problems = problems }

    func rules(_ file: FieldReader) -> [AlertRule] {
        var names: [String: Int] = [:]
        let nodes = file.nodes("rules")
        if nodes.count > Self.limit { file.problem("there are more than \(Self.limit) rules", at: "rules") }
        return nodes.prefix(Self.limit).map { node in
            let rule = rule(node)
            if let line = names.updateValue(rule.line, forKey: rule.name) {
                problems.add("the rule \(rule.name) is given already on line \(line)", at: node.position)
            }
            return rule
        }
    }

    private func rule(_ node: YAMLNode) -> AlertRule {
        let kind = node["kind"].flatMap { if case .scalar(let text, _) = $0.content { text } else { nil } } ?? ""
        let own: [String: [String]] = [
            "threshold": ["metric", "where", "function"] + Self.bounds, "absence": ["metric", "where"],
            "change": ["metric", "where", "function"] + Self.bounds, "ratio": ["errors", "all", "minimum"] + Self.bounds,
            "cost": ["where"] + Self.bounds,
        ]
        let fields = FieldReader(node, what: "a rule", known: own[kind].map { Self.common + $0 }, problems: problems)
        let name = fields.text("name")
        let labels = texts(fields, "labels").mapValues(\.text)
        var all = labels
        all["alertname"] = name
        all["severity"] = fields.optionalText("severity") ?? labels["severity"] ?? "warning"
        let window = fields.span("window", .seconds(1) ... .hours(24 * 31))
        var annotations: [String: Template] = [:]
        for (key, value) in texts(fields, "annotations") {
            do { annotations[key] = try Template(value.text) } catch { problems.add(error.message, at: value.at) }
        }
        let definition = AlertRule.Definition(
            kind: self.kind(kind, fields), by: fields.texts("by").map(\.text), window: window)
        if annotations["summary"] == nil { annotations["summary"] = definition.summary }
        return AlertRule(
            name: name, definition: definition,
            hold: fields.span("for", default: .zero), keep: fields.span("keep", default: .hours(24)), labels: all,
            annotations: annotations, line: node.line)
    }

    private func kind(_ name: String, _ fields: FieldReader) -> AlertRule.Kind {
        switch name {
        case "threshold": return .threshold(selector(fields), function(fields), bound(fields))
        case "absence": return .absence(selector(fields))
        case "change": return .change(selector(fields), function(fields), bound(fields))
        case "ratio":
            return .ratio(
                part(fields, "errors"), of: part(fields, "all"), bound(fields), minimum: max(0, fields.number("minimum") ?? 1))
        case "cost":
            return .threshold(
                AlertRule.Selector(metric: MetricType.cost, matchers: fields.matchers("where", problems)), .sum, bound(fields))
        default:
            fields.problem("kind must be one of: threshold, absence, change, ratio, cost", at: "kind")
            return .absence(AlertRule.Selector(metric: "", matchers: []))
        }
    }

    private func selector(_ fields: FieldReader) -> AlertRule.Selector {
        AlertRule.Selector(metric: fields.text("metric"), matchers: fields.matchers("where", problems))
    }

    private func part(_ fields: FieldReader, _ key: String) -> AlertRule.Selector {
        guard let node = fields.node(key) else {
            fields.problem("a rule of this kind needs \(key)")
            return AlertRule.Selector(metric: "", matchers: [])
        }
        return selector(FieldReader(node, what: key, known: ["metric", "where"], problems: problems))
    }

    private func function(_ fields: FieldReader) -> AlertRule.Function {
        let name = fields.optionalText("function") ?? "sum"
        if let function = AlertRule.Function(name: name) { return function }
        fields.problem("function must be one of: \(AlertRule.Function.names.joined(separator: ", "))", at: "function")
        return .sum
    }

    private func bound(_ fields: FieldReader) -> AlertRule.Bound {
        let given = AlertRule.Bound.Sign.allCases.filter { fields.node($0.rawValue) != nil }
        guard given.count == 1, let limit = fields.number(given[0].rawValue) else {
            if given.count != 1 { fields.problem("a rule of this kind needs one of: \(Self.bounds.joined(separator: ", "))") }
            return AlertRule.Bound(sign: .above, limit: 0)
        }
        return AlertRule.Bound(sign: given[0], limit: limit)
    }

    private func texts(_ fields: FieldReader, _ key: String) -> [String: (text: String, at: YAMLPosition)] {
        var found: [String: (text: String, at: YAMLPosition)] = [:]
        for member in fields.entries(key) {
            guard case .scalar(let text, _) = member.value.content, text.utf8.count <= 2000 else {
                problems.add("\(key).\(member.key) must be text of up to 2000 bytes", at: member.value.position)
                continue
            }
            found[member.key] = (text, member.value.position)
        }
        return found
    }
}
