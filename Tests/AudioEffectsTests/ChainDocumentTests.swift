import Primitives
import TestSupport
import Testing

@testable import AudioEffects

@Suite(.computing) struct ChainDocumentTests {
    struct Case: CustomTestStringConvertible {
        let document: JSONValue
        let pointer: String
        let reason: ChainFault.Reason
        /// A part of the message.
        let says: String
        var testDescription: String { pointer + " " + reason.rawValue }

        init(_ document: JSONValue, _ pointer: String, _ reason: ChainFault.Reason, _ says: String) {
            (self.document, self.pointer, self.reason, self.says) = (document, pointer, reason, says)
        }
    }

    static let cases: [Case] = [
        Case([], "", .wrongType, "object"),
        Case("x", "", .wrongType, "object"),
        Case([:], "/effects", .missingField, "required"),
        Case(["effects": "gain"], "/effects", .wrongType, "list"),
        Case(["effects": [], "tail": 1], "/tail", .unknownField, "tail_seconds"),
        Case(["effects": [], "a/b~c": 1], "/a~1b~0c", .unknownField, "known are"),
        Case(["effects": [], "tail_seconds": 61], "/tail_seconds", .outOfRange, "0 and 60 s"),
        Case(["effects": [], "sample_rate_hz": 1000], "/sample_rate_hz", .outOfRange, "8000 and 192000 Hz"),
        Case(chain("gain"), "/effects/0", .wrongType, "object"),
        Case(chain([:]), "/effects/0/type", .missingField, "type"),
        Case(chain(["type": 3]), "/effects/0/type", .wrongType, "type"),
        Case(chain(["type": "compresor"]), "/effects/0/type", .unknownEffect, "did you mean compressor?"),
        Case(chain(["type": "resample"]), "/effects/0/type", .unknownEffect, "sample_rate_hz"),
        Case(chain(["type": "zzzzzzzzzz"]), "/effects/0/type", .unknownEffect, "known are: gain"),
        Case(chain(["type": "gain", "gain": 3]), "/effects/0/gain", .unknownField, "did you mean gain_db?"),
        Case(chain(["type": "gain", "gain_db": "3"]), "/effects/0/gain_db", .wrongType, "number"),
        Case(chain(["type": "gain", "gain_db": 49]), "/effects/0/gain_db", .outOfRange, "-96 and 48 dB, not 49"),
        Case(chain(["type": "gain", "bypass": 1]), "/effects/0/bypass", .wrongType, "true or false"),
        Case(chain(["type": "to_mono"], ["type": "compressor", "ratio": 0]), "/effects/1/ratio", .outOfRange, "1 and 100"),
        Case(chain(["type": "eq"]), "/effects/0/bands", .missingField, "required"),
        Case(chain(["type": "eq", "bands": []]), "/effects/0/bands", .outOfRange, "1 to 32"),
        Case(chain(["type": "eq", "bands": 1]), "/effects/0/bands", .wrongType, "list"),
        Case(chain(["type": "eq", "bands": [["type": "bell"]]]), "/effects/0/bands/0/type", .outOfRange, "peak"),
        Case(chain(["type": "eq", "bands": [[:], ["freq_hz": 1]]]), "/effects/0/bands/1/freq_hz", .unknownField, "frequency_hz"),
        Case(chain(["type": "chorus", "voices": 1.5]), "/effects/0/voices", .wrongType, "whole"),
        Case(chain(["type": "convolution"]), "/effects/0/impulse", .missingField, "impulse"),
        Case(
            chain(["type": "gain", "automation": []]), "/effects/0/automation", .wrongType, "curves"),
        Case(
            chain(["type": "gain", "automation": ["gain": [[0, 0]]]]), "/effects/0/automation/gain", .unknownField, "gain_db"),
        Case(
            chain(["type": "compressor", "automation": ["attack_ms": [[0, 1]]]]), "/effects/0/automation/attack_ms",
            .notAutomatable, "threshold_db"),
        Case(
            chain(["type": "gain", "automation": ["gain_db": []]]), "/effects/0/automation/gain_db", .wrongType, "points"),
        Case(
            chain(["type": "gain", "automation": ["gain_db": [[0, 0], [1]]]]), "/effects/0/automation/gain_db/1", .wrongType,
            "pair"),
        Case(
            chain(["type": "gain", "automation": ["gain_db": [[2, 0], [1, 0]]]]), "/effects/0/automation/gain_db/1/0",
            .outOfRange, "go back"),
        Case(
            chain(["type": "gain", "automation": ["gain_db": [[0, 99]]]]), "/effects/0/automation/gain_db/0/1", .outOfRange,
            "dB, not 99"),
        Case(
            chain(["type": "reverb", "automation": ["decay_seconds": [[0, 1]]]]), "/effects/0/automation/decay_seconds",
            .notAutomatable, "mix"),
        Case(chain(["type": "trim", "automation": [:]]), "/effects/0/automation", .unknownField, "automation"),
    ]

    @Test(arguments: cases) func faultsAreNamedWithTheirPlace(_ testCase: Case) {
        let error = #expect(throws: ChainError.self) { try EffectChain(testCase.document) }
        let fault = error?.faults.first { $0.pointer == testCase.pointer }
        #expect(error?.faults.count == 1, "\(error?.message ?? "")")
        #expect(fault?.reason == testCase.reason)
        #expect(fault?.message.contains(testCase.says) == true, "\(fault?.message ?? "no fault there")")
    }

    @Test func everyFaultIsTold() {
        let document: JSONValue = [
            "effects": [
                ["type": "gain", "gain_db": 1000, "volume": 1],
                ["type": "nothing"],
                ["type": "compressor", "ratio": 0, "knee_db": -1, "automation": ["makeup_db": [[0, 100]]]],
            ], "tail_seconds": -1,
        ]
        let error = #expect(throws: ChainError.self) { try EffectChain(document) }
        #expect(
            Set(error?.faults.map(\.pointer) ?? []) == [
                "/tail_seconds", "/effects/0/gain_db", "/effects/0/volume", "/effects/1/type", "/effects/2/ratio",
                "/effects/2/knee_db", "/effects/2/automation/makeup_db/0/1",
            ])
        #expect(error?.code == "effect-chain-invalid")
    }

    @Test func sixtyFourEffectsAreTheMost() throws {
        let effect: JSONValue = ["type": "gain"]
        _ = try EffectChain(["effects": .array(Array(repeating: effect, count: 64))])
        #expect(throws: ChainError.self) { try EffectChain(["effects": .array(Array(repeating: effect, count: 65))]) }
    }

    @Test func theHostReadsWhatIsNotAnEffect() throws {
        let chain = try EffectChain([
            "name": "n", "description": "d", "tail_seconds": 1.5, "sample_rate_hz": 44_100,
            "effects": [["type": "convolution", "impulse": "a"], ["type": "convolution", "impulse": "b", "bypass": true]],
        ])
        #expect(chain.name == "n" && chain.description == "d")
        #expect(chain.tailSeconds == 1.5 && chain.sampleRate == 44_100)
        #expect(chain.impulses == ["a"])
        #expect(chain.keepsTime)
        #expect(try !EffectChain(["effects": [["type": "trim", "start_seconds": 1]]]).keepsTime)
    }

    @Test func theSchemaDescribesEveryEffect() throws {
        let schema = EffectChain.jsonSchema
        let effects = try #require(schema["properties"]?["effects"]?["items"]?["oneOf"]?.arrayValue)
        #expect(effects.count == EffectCatalogue.all.count)
        let compressor = try #require(effects.first { $0["title"] == "compressor" })
        #expect(compressor["properties"]?["type"]?["const"] == "compressor")
        #expect(compressor["properties"]?["ratio"]?["maximum"]?.doubleValue == 100)
        #expect(compressor["properties"]?["ratio"]?["default"]?.doubleValue == 3)
        #expect(compressor["properties"]?["threshold_db"]?["x-unit"] == "dBFS")
        #expect(compressor["properties"]?["attack_ms"]?["x-automatable"] == false)
        #expect(compressor["properties"]?["automation"]?["properties"]?["ratio"] != nil)
        #expect(compressor["properties"]?["automation"]?["properties"]?["attack_ms"] == nil)
        let eq = try #require(effects.first { $0["title"] == "eq" })
        #expect(eq["properties"]?["bands"]?["items"]?["properties"]?["frequency_hz"]?["minimum"]?.doubleValue == 10)
        #expect(schema["required"] == ["effects"])
    }

    @Test func samplesCoverTheCatalogue() {
        #expect(Set(samples.map { type($0) }) == Set(EffectCatalogue.all.map { $0.type }))
    }

    @Test func effectsRefuseChannelsThatTheyCanNotTake() throws {
        let document = chain(["type": "width"], ["type": "to_stereo"], ["type": "width"], ["type": "gain"])
        let error = #expect(throws: ChainError.self) {
            try ChainProcessor(EffectChain(document), sampleRate: 48_000, channels: 6)
        }
        #expect(error?.faults.map(\.pointer) == ["/effects/0", "/effects/1", "/effects/2"])
        #expect(error?.faults.first?.reason == .unsuitableChannels)
        let stereo = try ChainProcessor(
            EffectChain(chain(["type": "to_stereo"], ["type": "width"])), sampleRate: 48_000, channels: 1)
        #expect(stereo.outputChannels == 2)
    }

    @Test(arguments: [(0.0, 2), (1e9, 2), (.nan, 2), (48_000, 0), (48_000, 9)])
    func audioBeyondReasonIsRefused(_ sampleRate: Double, _ channels: Int) {
        #expect(throws: EffectFailure.self) {
            try ChainProcessor(EffectChain(chain()), sampleRate: sampleRate, channels: channels)
        }
    }
}
