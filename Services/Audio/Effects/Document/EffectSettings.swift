import Primitives

/// A group of parameters: those of an effect, or of one band of an equaliser.
protocol EffectSettings: Sendable {
    /// The defaults.
    init()
    static var parameters: [Parameter<Self>] { get }
    /// Whether nothing inside, such as a band, follows a curve of its own.
    var isConstant: Bool { get }
    /// The settings with what is inside at its values for a time.
    func resolved(at seconds: Double) -> Self
}

extension EffectSettings {
    var isConstant: Bool { true }
    func resolved(at seconds: Double) -> Self { self }
}

extension EffectSettings {
    /// Reads a group from an object; what is wrong is noted and the default kept in its place.
    /// - Parameters:
    ///   - value: an object of parameters, `automation` beside them.
    ///   - pointer: where the object is in the document.
    ///   - reserved: further members that the caller reads.
    static func read(
        _ value: JSONValue, at pointer: String, reserved: [String] = [], _ faults: inout [ChainFault]
    ) -> Automated<Self> {
        var settings = Self()
        guard let members = value.objectValue else {
            faults.append(ChainFault(pointer, .wrongType, "an object is expected"))
            return Automated(settings)
        }
        let known = parameters.map(\.name) + reserved + (isAutomatable ? ["automation"] : [])
        for name in members.keys.sorted() where !known.contains(name) {
            let advice = Spelling.advice(for: name, among: known)
            faults.append(ChainFault("\(pointer)/\(escaped(name))", .unknownField, "there is no field \(name); \(advice)"))
        }
        for parameter in parameters {
            let place = "\(pointer)/\(parameter.name)"
            if let member = members[parameter.name] {
                parameter.read(member, place, &settings, &faults)
            } else if parameter.isRequired {
                faults.append(ChainFault(place, .missingField, "the field \(parameter.name) is required"))
            }
        }
        let curves = members["automation"].map { readAutomation($0, at: "\(pointer)/automation", &faults) } ?? []
        return Automated(settings, curves: isAutomatable ? curves : [])
    }

    private static func readAutomation(
        _ value: JSONValue, at pointer: String, _ faults: inout [ChainFault]
    ) -> [Automated<Self>.Curve] {
        guard isAutomatable else { return [] }
        guard let members = value.objectValue else {
            faults.append(ChainFault(pointer, .wrongType, "automation must be an object of curves, one for each parameter"))
            return []
        }
        var curves: [Automated<Self>.Curve] = []
        for (name, points) in members.sorted(by: { $0.key < $1.key }) {
            let place = "\(pointer)/\(escaped(name))"
            let names = parameters.filter { $0.automation != nil }.map(\.name)
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                let advice = Spelling.advice(for: name, among: names)
                faults.append(ChainFault(place, .unknownField, "there is no parameter \(name); \(advice)"))
                continue
            }
            guard let automation = parameter.automation else {
                let rest = names.joined(separator: ", ")
                faults.append(ChainFault(place, .notAutomatable, "\(name) can not be automated; these can: \(rest)"))
                continue
            }
            let curve = ParameterCurve(points, range: automation.range, unit: automation.unit, at: place, &faults)
            if let curve { curves.append(.init(curve: curve, set: automation.set)) }
        }
        return curves
    }

    static var isAutomatable: Bool { parameters.contains { $0.automation != nil } }

    /// JSON Schema (2020-12) of the object.
    /// - Parameter fixed: schemas of further members, which are required.
    static func jsonSchema(required fixed: [String: JSONValue] = [:], optional: [String: JSONValue] = [:]) -> JSONValue {
        var properties = fixed.merging(optional) { first, _ in first }
        for parameter in parameters { properties[parameter.name] = parameter.jsonSchema() }
        if isAutomatable {
            let curves = parameters.compactMap { parameter in
                parameter.automation.map { (parameter.name, ParameterCurve.jsonSchema(range: $0.range)) }
            }
            properties["automation"] = [
                "type": "object", "additionalProperties": false,
                "properties": .object(Dictionary(uniqueKeysWithValues: curves)),
                "description": "Values over time, by parameter: points of [seconds, value] joined by straight lines.",
            ]
        }
        let required = fixed.keys.sorted() + parameters.filter(\.isRequired).map(\.name)
        return [
            "type": "object", "additionalProperties": false, "properties": .object(properties),
            "required": .array(required.map(JSONValue.string)),
        ]
    }
}

/// A member name as a part of a JSON pointer (RFC 6901, section 3).
private func escaped(_ name: String) -> String {
    name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
        .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
}
