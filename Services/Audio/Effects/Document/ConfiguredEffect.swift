import Primitives

/// One effect of a chain with its parameters.
struct ConfiguredEffect: Sendable {
    /// Where it is in the document.
    let pointer: String
    /// The effect with the values that no curve sets.
    let effect: any Effect
    let isBypassed: Bool
    let unit: @Sendable (UnitContext) throws -> any EffectUnit

    /// Reads one member of `effects`.
    /// - Returns: `nil` when it is no known effect; that and every other fault is noted.
    init?(_ document: JSONValue, at pointer: String, _ faults: inout [ChainFault]) {
        guard document.objectValue != nil else {
            faults.append(ChainFault(pointer, .wrongType, "an effect is an object"))
            return nil
        }
        guard let type = document["type"]?.stringValue else {
            let reason: ChainFault.Reason = document["type"] == nil ? .missingField : .wrongType
            faults.append(ChainFault("\(pointer)/type", reason, "the field type names the effect and is required"))
            return nil
        }
        guard let effect = EffectCatalogue.effect(named: type) else {
            let advice =
                type == "resample"
                ? "the chain's sample_rate_hz sets the rate of the output"
                : Spelling.advice(for: type, among: EffectCatalogue.all.map { $0.type })
            faults.append(ChainFault("\(pointer)/type", .unknownEffect, "there is no effect \(type); \(advice)"))
            return nil
        }
        self.init(effect, document, pointer, &faults)
    }

    private init<E: Effect>(_ type: E.Type, _ document: JSONValue, _ pointer: String, _ faults: inout [ChainFault]) {
        let settings = E.read(document, at: pointer, reserved: ["type", "bypass"], &faults)
        isBypassed = document["bypass"]?.boolValue ?? false
        if let bypass = document["bypass"], bypass.boolValue == nil {
            faults.append(ChainFault("\(pointer)/bypass", .wrongType, "bypass must be true or false"))
        }
        self.pointer = pointer
        effect = settings.fixed
        unit = { try E.unit(settings, $0) }
    }
}

extension Effect {
    /// JSON Schema of an effect in a chain.
    static var documentSchema: JSONValue {
        guard
            case .object(var schema) = jsonSchema(
                required: ["type": ["const": .string(type)]],
                optional: [
                    "bypass": ["type": "boolean", "default": false, "description": "Whether the effect is left out."]
                ])
        else { return .null }
        schema["title"] = .string(type)
        schema["description"] = .string(summary)
        return .object(schema)
    }
}
