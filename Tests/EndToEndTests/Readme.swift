import FoundationEssentials
import Testing

/// The pages that tell people what to type.
enum Readme {
    /// The folder of the project.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The code blocks of a language in a section of the README.
    static func snippets(_ section: String, _ language: String) throws -> [String] {
        let text = try String(contentsOf: URL(filePath: root + "/README.md"), encoding: .utf8)
        let after = try #require(text.firstRange(of: "\n## \(section)\n")).upperBound
        let end = text[after...].firstRange(of: "\n## ")?.lowerBound ?? text.endIndex
        return text[after..<end].split(separator: "```\(language)\n").dropFirst().compactMap {
            $0.split(separator: "```", maxSplits: 1).first.map(String.init)
        }
    }
}
