package import Primitives

/// Effects in their order, read from a chain document and valid as a whole.
///
/// ```swift
/// let chain = try EffectChain(JSONValue(parsing: bytes))
/// let processor = try ChainProcessor(chain, sampleRate: 48_000, channels: 2)
/// ```
package struct EffectChain: Sendable {
    /// The most effects of a chain.
    package static let maximumEffects = 64
    /// Seconds that the impulse response of a convolution may last.
    package static let longestImpulse = 60.0

    /// What people call the chain.
    package let name: String
    /// What it is for.
    package let description: String
    /// Seconds of silence that the chain hears after the input, so that reverberation and echoes can die away: 0...60.
    package let tailSeconds: Double
    /// The rate at which the host should have the output, Hz; `nil` for that of the input.
    package let sampleRate: Int?
    let effects: [ConfiguredEffect]

    /// Reads a chain document and checks all of it.
    /// - Parameter document: `{"effects": [{"type": "gain", "gain_db": -3}, …], "tail_seconds": 2}`.
    /// - Throws: `ChainError` with every fault in it.
    package init(_ document: JSONValue) throws(ChainError) {
        var faults: [ChainFault] = []
        var effects: [ConfiguredEffect] = []
        let settings = ChainSettings.read(document, at: "", reserved: ["effects"], &faults).fixed
        switch document["effects"] {
        case .array(let list) where list.count <= Self.maximumEffects:
            effects = list.enumerated().compactMap { ConfiguredEffect($1, at: "/effects/\($0)", &faults) }
        case .array(let list):
            faults.append(
                ChainFault("/effects", .outOfRange, "a chain has at most \(Self.maximumEffects) effects, not \(list.count)"))
        case nil:
            if document.objectValue != nil {
                faults.append(ChainFault("/effects", .missingField, "the field effects is required"))
            }
        default:
            faults.append(ChainFault("/effects", .wrongType, "effects must be a list"))
        }
        guard faults.isEmpty else { throw ChainError(faults) }
        (name, description) = (settings.name, settings.description)
        (tailSeconds, sampleRate) = (settings.tailSeconds, settings.sampleRate.map { Int($0.rounded()) })
        self.effects = effects
    }

    /// JSON Schema (2020-12) of chain documents, from the declarations by which they are read.
    package static var jsonSchema: JSONValue {
        guard case .object(var schema) = ChainSettings.jsonSchema(required: ["effects": effectsSchema]) else { return .null }
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "Effect chain"
        return .object(schema)
    }

    private static var effectsSchema: JSONValue {
        [
            "type": "array", "maxItems": .integer(Int64(maximumEffects)),
            "description": "The effects, in the order in which the audio passes through them.",
            "items": ["oneOf": .array(EffectCatalogue.all.map { $0.documentSchema })],
        ]
    }
}

extension EffectChain {
    /// The effects that are at work.
    var active: [ConfiguredEffect] { effects.filter { !$0.isBypassed } }

    /// The names of the impulse responses that the chain needs, each once.
    package var impulses: [String] {
        var names: [String] = []
        for name in active.compactMap(\.effect.impulse) where !names.contains(name) { names.append(name) }
        return names
    }

    /// Whether output frame n belongs to input frame n.
    package var keepsTime: Bool { active.allSatisfy(\.effect.keepsTime) }

    /// How many seconds before a range the chain has to hear for the range to come out as in a full run.
    /// - Parameter impulses: the impulse responses that `impulses` names; they settle after their length.
    package func prerollSeconds(impulses: [String: ImpulseResponse] = [:]) -> Double {
        active.reduce(0) { sum, configured in
            let impulse = configured.effect.impulse.flatMap { impulses[$0] }
            return sum + configured.effect.settlingSeconds + (impulse?.duration ?? 0)
        }
    }
}

/// The members of a chain document beside its effects.
struct ChainSettings: EffectSettings {
    var name = ""
    var description = ""
    var tailSeconds = 0.0
    var sampleRate: Double?

    static let parameters: [Parameter<ChainSettings>] = [
        .text("name", \.name, maximumLength: 200, "What people call the chain."),
        .text("description", \.description, maximumLength: 2000, "What it is for."),
        .number(
            "tail_seconds", \.tailSeconds, in: 0...60, unit: "s",
            "Silence that the chain hears after the input, so that reverberation and echoes can die away."),
        .number(
            "sample_rate_hz", \.sampleRate, in: 8000...192_000, unit: "Hz",
            "The rate of the output; without it that of the input."),
    ]
}
