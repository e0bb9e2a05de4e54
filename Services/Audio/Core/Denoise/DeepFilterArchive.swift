import AudioAPI
import AudioText
import Primitives

/// The archive of a DeepFilterNet model, read through once: the library ends the process over one that is damaged or of another
/// kind (`df_create` of libDF unwraps every error), so it gets only what has all that it looks for.
struct DeepFilterArchive {
    let path: String

    private static let networks = ["enc.onnx", "erb_dec.onnx", "df_dec.onnx"]
    private static let configuration = "config.ini"
    /// What the library reads as whole numbers, in `[df]` or, where it has it, in `[deepfilternet]`.
    private static let numbers = [
        "sr", "hop_size", "fft_size", "min_nb_erb_freqs", "nb_erb", "nb_df", "df_order", "df_lookahead", "conv_lookahead",
    ]
    /// Bytes of a member that are looked at; the configuration has 2 kB.
    private static let longestText = 1 << 16

    /// - Throws: `AudioError.modelBroken`.
    init(_ model: InstalledModel) throws(AudioError) {
        path = try model.file("model")
        guard let members = TarArchive.members(of: path, upTo: Self.longestText) else {
            throw model.damaged("its archive is missing or damaged")
        }
        for name in Self.networks {
            // A serialised ONNX model begins with its version, field 1.
            guard members[name]?.first == 0x08 else { throw model.damaged("its archive has no network \(name)") }
        }
        guard let text = members[Self.configuration], Self.isComplete(String(decoding: text, as: UTF8.self)) else {
            throw model.damaged("its archive has no \(Self.configuration) of a DeepFilterNet 3")
        }
    }

    private static func isComplete(_ text: String) -> Bool {
        var (section, values) = ("", [String: String]())
        for line in text.split(whereSeparator: \.isNewline) {
            let line = String(line).trimmed
            if line.hasPrefix("["), line.hasSuffix("]") { section = String(line.dropFirst().dropLast()) }
            let parts = line.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
            if parts.count == 2 { values["\(section).\(parts[0])"] = parts[1] }
        }
        let time = (values["df.norm_alpha"] ?? values["df.norm_tau"]).flatMap(Float.init)
        return values["train.model"] == "deepfilternet3" && time != nil
            && numbers.allSatisfy { name in
                (values["df." + name] ?? values["deepfilternet." + name]).flatMap { UInt16($0) } != nil
            }
    }
}
