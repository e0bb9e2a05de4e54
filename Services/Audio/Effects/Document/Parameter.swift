import Contracts
import Primitives

/// One parameter of an effect, declared once: how it is read, what its JSON Schema is, whether it can be automated.
struct Parameter<Settings: EffectSettings>: Sendable {
    /// How the value of an automated parameter is set, and the range that its points must keep.
    struct Automation: Sendable {
        let range: ClosedRange<Double>
        let unit: String?
        let set: @Sendable (inout Settings, Double) -> Void
    }

    let name: String
    let isRequired: Bool
    /// `nil` for parameters that stay fixed for the whole run.
    let automation: Automation?
    /// The schema of the value, with its default.
    let jsonSchema: @Sendable () -> JSONValue
    /// Reads the value at a pointer into the settings, or notes what is wrong with it.
    let read: @Sendable (JSONValue, String, inout Settings, inout [ChainFault]) -> Void

    private init(_ field: Field<Settings>, automation: Automation? = nil) {
        name = field.name
        isRequired = field.isRequired
        self.automation = automation
        jsonSchema = {
            var document = Schema(Settings()) { field }.jsonSchema["properties"]?[field.name]?.objectValue ?? [:]
            document["x-automatable"] = .bool(automation != nil)
            return .object(document)
        }
        read = { value, pointer, settings, faults in
            do throws(SchemaError) {
                settings = try Schema(settings) { field }.decode([field.name: value])
            } catch {
                faults.append(ChainFault(pointer, .init(error.reason), error.message))
            }
        }
    }

    /// A number that may follow an automation curve.
    static func automatable(
        _ name: String, _ path: any WritableKeyPath<Settings, Double> & Sendable, in range: ClosedRange<Double>,
        unit: String? = nil, _ help: String
    ) -> Parameter {
        Parameter(
            .number(name, path, in: range, unit: unit, help),
            automation: Automation(range: range, unit: unit) { settings, value in settings[keyPath: path] = value })
    }

    static func number(
        _ name: String, _ path: any WritableKeyPath<Settings, Double> & Sendable, in range: ClosedRange<Double>,
        unit: String? = nil, _ help: String
    ) -> Parameter {
        Parameter(.number(name, path, in: range, unit: unit, help))
    }

    static func number(
        _ name: String, _ path: any WritableKeyPath<Settings, Double?> & Sendable, in range: ClosedRange<Double>,
        unit: String? = nil, _ help: String
    ) -> Parameter {
        Parameter(.number(name, path, in: range, unit: unit, help))
    }

    static func integer(
        _ name: String, _ path: any WritableKeyPath<Settings, Int> & Sendable, in range: ClosedRange<Int>,
        unit: String? = nil, _ help: String
    ) -> Parameter {
        Parameter(.integer(name, path, in: range, unit: unit, help))
    }

    static func flag(_ name: String, _ path: any WritableKeyPath<Settings, Bool> & Sendable, _ help: String) -> Parameter {
        Parameter(.flag(name, path, help))
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: any WritableKeyPath<Settings, Choice> & Sendable, _ help: String
    ) -> Parameter {
        Parameter(.choice(name, path, help))
    }

    /// Text that the document must give.
    static func requiredText(
        _ name: String, _ path: any WritableKeyPath<Settings, String> & Sendable, maximumLength: Int, _ help: String
    ) -> Parameter {
        Parameter(.text(name, path, maximumLength: maximumLength, required: true, help))
    }

    static func text(
        _ name: String, _ path: any WritableKeyPath<Settings, String> & Sendable, maximumLength: Int, _ help: String
    ) -> Parameter {
        Parameter(.text(name, path, maximumLength: maximumLength, help))
    }
}

extension Parameter {
    private init(list name: String, schema: @escaping @Sendable () -> JSONValue, read: @escaping ListReader) {
        (self.name, isRequired, automation, jsonSchema, self.read) = (name, true, nil, schema, read)
    }

    private typealias ListReader = @Sendable (JSONValue, String, inout Settings, inout [ChainFault]) -> Void

    /// A list of groups of parameters, each of which may be automated by itself.
    static func list<Element: EffectSettings>(
        _ name: String, _ path: any WritableKeyPath<Settings, [Automated<Element>]> & Sendable, count: ClosedRange<Int>,
        _ help: String
    ) -> Parameter {
        Parameter(
            list: name,
            schema: {
                [
                    "type": "array", "description": .string(help), "minItems": .integer(Int64(count.lowerBound)),
                    "maxItems": .integer(Int64(count.upperBound)), "items": Element.jsonSchema(),
                ]
            },
            read: { value, pointer, settings, faults in
                guard let elements = value.arrayValue else {
                    return faults.append(ChainFault(pointer, .wrongType, "\(name) must be a list"))
                }
                guard count.contains(elements.count) else {
                    return faults.append(
                        ChainFault(
                            pointer, .outOfRange,
                            "\(name) must have \(count.lowerBound) to \(count.upperBound) members, not \(elements.count)"))
                }
                settings[keyPath: path] = elements.enumerated().map { index, element in
                    Element.read(element, at: "\(pointer)/\(index)", &faults)
                }
            })
    }
}

extension ChainFault.Reason {
    init(_ reason: SchemaError.Reason) {
        self =
            switch reason {
            case .unknownField: .unknownField
            case .missing: .missingField
            case .wrongType: .wrongType
            case .outOfRange: .outOfRange
            }
    }
}
