import FoundationEssentials
import Inference
import Primitives

/// A Piper voice: VITS (Kim, Kong, Son, ICML 2021), from phonemes to a wave in one network.
final class PiperVoice: Sendable {
    let sampleRate: Int
    /// What it was loaded from.
    let state: InstalledModel.State
    let description: Description
    private let model: Model
    private let noise: Float
    private let lengthNoise: Float
    private let length: Float
    private let phonemizer: Phonemizer

    /// - Throws: `AudioError.modelBroken`, `ModelError`.
    init(_ installed: InstalledModel, options: ModelOptions) throws {
        // Noted first: files that are replaced while they are read make it stale.
        state = installed.state
        // A voice has thousands of small nodes. What can be rebuilt of them makes it no faster, but the search takes 0.3 s of
        // processor time, as long as a sentence takes to speak.
        var options = options
        options.optimizes = false
        model = try installed.network("model", options: options)
        description = try Description(installed)
        sampleRate = installed.sampleRate
        noise = Float(installed.number("noise_scale") ?? 0.667)
        lengthNoise = Float(installed.number("noise_w") ?? 0.8)
        length = Float(installed.number("length_scale") ?? 1)
        phonemizer = Phonemizer(voice: installed.text("espeak_voice") ?? "en-us")
    }

    /// Speaks a clause or a sentence.
    /// - Parameters:
    ///   - text: as it shall be said, numbers and abbreviations written out.
    ///   - speed: 1 is the voice's own, larger is faster.
    ///   - speaker: one that the voice has, from 0.
    /// - Returns: mono samples; none when there is nothing to say.
    /// - Throws: `ModelError`, `AudioError.speech`.
    func speak(_ text: String, speed: Double, speaker: Int = 0) throws -> [Float] {
        let phonemes = try phonemizer.phonemes(of: text)
        let (symbols, begin, end, pad) = (description.symbols, description.begin, description.end, description.pad)
        let known = phonemes.unicodeScalars.compactMap { symbols[$0] }
        guard !known.isEmpty else { return [] }
        let sequence = [begin, pad] + known.flatMap { [$0, pad] } + [end]
        let scales = [noise, length / Float(speed), lengthNoise]
        var inputs = [
            "input": try Tensor(sequence, shape: [1, sequence.count]),
            "input_lengths": try Tensor([Int64(sequence.count)], shape: [1]), "scales": try Tensor(scales, shape: [3]),
        ]
        if model.inputs.contains(where: { $0.name == "sid" }) { inputs["sid"] = try Tensor([Int64(speaker)], shape: [1]) }
        return try model.run(inputs)[0].elements()
    }

    /// Piper's own description of a voice.
    struct Description: Sendable {
        private let name: String
        /// Numbers of the symbols.
        let symbols: [Unicode.Scalar: Int64]
        /// Those that stand around what is said, and behind each of its symbols: `^`, `$`, `_`.
        let (begin, end, pad): (Int64, Int64, Int64)
        /// How many speak with it, 1 or more.
        let speakers: Int

        /// - Throws: `AudioError.modelBroken`.
        init(_ installed: InstalledModel) throws(AudioError) {
            name = installed.name
            guard let data = FileManager.default.contents(atPath: try installed.file("voice")),
                let document = try? JSONValue(parsing: Bytes(data)), let map = document["phoneme_id_map"]?.objectValue
            else { throw installed.damaged("its voice.json can not be read") }
            var symbols: [Unicode.Scalar: Int64] = [:]
            for (name, numbers) in map {
                guard let scalar = name.unicodeScalars.first, name.unicodeScalars.count == 1,
                    let number = numbers[0]?.integerValue
                else { continue }
                symbols[scalar] = number
            }
            guard let begin = symbols["^"], let end = symbols["$"], let pad = symbols["_"] else {
                throw installed.damaged("its symbols lack ^, $ or _")
            }
            (self.symbols, self.begin, self.end, self.pad) = (symbols, begin, end, pad)
            speakers = max(1, document["num_speakers"]?.integerValue.flatMap { Int(exactly: $0) } ?? 1)
        }

        /// - Throws: `AudioError.outputSetting` for a speaker that the voice has not.
        func check(speaker: Int) throws(AudioError) {
            guard speaker < speakers else {
                throw .outputSetting("speaker must be between 0 and \(speakers - 1), the speakers of \(name)")
            }
        }
    }
}
