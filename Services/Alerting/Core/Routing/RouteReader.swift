import Primitives
import YAML

/// Reads the routing tree, inhibitions and reports of an alert file.
struct RouteReader {
    private static let maximumDepth = 16
    private let problems: ProblemList
    private let receivers: Set<String>
    private let withMail: Set<String>

    init(_ problems: ProblemList, receivers: [Receiver]) {
        (self.problems, self.receivers) = (problems, Set(receivers.map(\.name)))
        withMail = Set(receivers.filter { $0.channels.contains { $0.kind == "email" } }.map(\.name))
    }

    func root(_ file: FieldReader) -> Route {
        guard let node = file.node("route") else {
            // Without receivers alerts are shown and nobody is told.
            if !receivers.isEmpty { file.problem("the alert file has receivers and needs route") }
            return Route()
        }
        var standard = Route()
        standard.groupBy = ["alertname"]
        let root = route(node, from: standard, path: "0", depth: 0)
        if !root.matchers.isEmpty { problems.add("the first route takes every alert and has no matchers", at: node.position) }
        if root.receiver.isEmpty { problems.add("the first route needs a receiver", at: node.position) }
        return root
    }

    /// - Parameter parent: whose settings hold where a route says nothing.
    private func route(_ node: YAMLNode, from parent: Route, path: String, depth: Int) -> Route {
        let fields = FieldReader(
            node, what: "a route",
            known: [
                "receiver", "matchers", "continue", "group_by", "group_wait", "group_interval", "repeat_interval", "escalate",
                "routes",
            ], problems: problems)
        var route = parent
        route.path = path
        route.matchers = fields.matchers("matchers", problems)
        route.isContinued = fields.flag("continue", default: false)
        if fields.node("receiver") != nil { route.receiver = receiver(fields) }
        if fields.node("group_by") != nil { route.groupBy = fields.texts("group_by").map(\.text) }
        route.groupWait = fields.span("group_wait", .zero ... .hours(24), default: parent.groupWait)
        route.groupInterval = fields.span("group_interval", .seconds(1) ... .hours(24), default: parent.groupInterval)
        route.repeatInterval = fields.span("repeat_interval", .seconds(1) ... .hours(8784), default: parent.repeatInterval)
        if fields.node("escalate") != nil {
            route.escalation = fields.nodes("escalate").map { step in
                let fields = FieldReader(step, what: "a step", known: ["after", "receiver"], problems: problems)
                return Route.Step(after: fields.span("after", .seconds(1) ... .hours(24 * 31)), receiver: receiver(fields))
            }
        }
        let children = fields.nodes("routes")
        guard depth < Self.maximumDepth else {
            fields.problem("routes are nested deeper than \(Self.maximumDepth)")
            return route
        }
        var settings = route
        settings.children = []
        route.children = children.enumerated().map { self.route($1, from: settings, path: "\(path)/\($0)", depth: depth + 1) }
        return route
    }

    func inhibitions(_ file: FieldReader) -> [Inhibition] {
        file.nodes("inhibit").map { node in
            let fields = FieldReader(node, what: "an inhibition", known: ["source", "target", "equal"], problems: problems)
            let (source, target) = (fields.matchers("source", problems), fields.matchers("target", problems))
            if source.isEmpty || target.isEmpty { fields.problem("an inhibition needs source and target") }
            return Inhibition(source: source, target: target, equal: fields.texts("equal").map(\.text))
        }
    }

    func reports(_ file: FieldReader) -> [ReportSchedule] {
        var names: Set<String> = []
        return file.nodes("reports").map { node in
            let fields = FieldReader(
                node, what: "a report", known: ["name", "every", "on", "at", "days", "receiver"], problems: problems)
            let name = fields.text("name")
            if !names.insert(name).inserted { fields.problem("the report \(name) is given twice", at: "name") }
            let rhythm = rhythm(fields)
            let receiver = receiver(fields)
            if receivers.contains(receiver), !withMail.contains(receiver) {
                fields.problem("reports are mailed, and the receiver \(receiver) has no email", at: "receiver")
            }
            return ReportSchedule(
                name: name, rhythm: rhythm, minute: minute(fields),
                days: fields.node("days") == nil ? nil : fields.integer("days", 1...400), receiver: receiver)
        }
    }

    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    private func rhythm(_ fields: FieldReader) -> ReportSchedule.Rhythm {
        switch fields.text("every") {
        case "day": return .daily
        case "week":
            let name = fields.optionalText("on") ?? Self.weekdays[0]
            guard let day = Self.weekdays.firstIndex(of: name) else {
                fields.problem("on must be one of: \(Self.weekdays.joined(separator: ", "))", at: "on")
                return .daily
            }
            return .weekly(day: day + 1)
        case "month": return .monthly(day: fields.integer("on", 1...28, default: 1))
        default:
            fields.problem("every must be one of: day, week, month", at: "every")
            return .daily
        }
    }

    /// `07:30`, quoted or not.
    private func minute(_ fields: FieldReader) -> Int {
        guard let text = fields.optionalText("at") else { return 6 * 60 }
        let parts = text.split(separator: ":").map { Int($0) }
        guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0...23).contains(hour), (0...59).contains(minute)
        else {
            fields.problem("at must be a time such as 07:30, UTC", at: "at")
            return 0
        }
        return hour * 60 + minute
    }

    private func receiver(_ fields: FieldReader) -> String {
        let name = fields.text("receiver")
        if !name.isEmpty && !receivers.contains(name) {
            let hint = Spelling.nearest(to: name, among: receivers).map { "; did you mean \($0)?" } ?? ""
            fields.problem("there is no receiver \(name)" + hint, at: "receiver")
        }
        return name
    }
}
