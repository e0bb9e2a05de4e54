import AudioEffects
import FoundationEssentials
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct PresetTests {
    static let directory = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/deploy/presets/effects"
    static let names = ["broadcast", "de-harsh", "lo-fi", "master", "podcast-voice", "radio", "telephone", "vocal", "warm"]

    func document(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Bytes(try Data(contentsOf: URL(filePath: "\(Self.directory)/\(name).json"))))
    }

    @Test func everyFileIsTested() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory)
        #expect(files.sorted() == Self.names.map { "\($0).json" })
    }

    @Test(arguments: names, [8000.0, 48_000]) func presetsRun(_ name: String, _ sampleRate: Double) throws {
        let document = try document(name)
        let chain = try EffectChain(document)
        #expect(!chain.name.isEmpty && chain.description.count > 20)
        #expect(chain.keepsTime)
        let input = [noise(3000, amplitude: 0.9), noise(3000, amplitude: 0.9, seed: 2)]
        let output = try render(document, input, sampleRate: sampleRate)
        #expect(output.count == 2)
        #expect(output[0].count == 3000 + Int(chain.tailSeconds * sampleRate))
        #expect(peak(output[0]) > 0.01 && peak(output[0]) <= 1.5)
    }

    @Test func telephonePassesItsBandAlone() throws {
        let bands = try #require(document("telephone")["effects"]?[0])
        let response = try render(chain(bands), [impulse(6000, at: 0)])[0]
        #expect(decibels(magnitude(response, at: 60)) < -40)
        #expect(decibels(magnitude(response, at: 12_000)) < -40)
        #expect(abs(decibels(magnitude(response, at: 1800)) - 4) < 1)
    }
}
