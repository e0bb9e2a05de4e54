import AudioAPI
import Primitives

/// What a model is asked to look for, and from which score on it is found.
struct ModerationPolicy: Sendable {
    struct Category: Sendable, Equatable {
        let name: String
        /// From 0 to 1; this score is a finding.
        let threshold: Double
    }

    /// Source: the categories of OpenAI's moderation guide (2024), and what that guide says of them.
    private static let meanings: [String: String] = [
        "sexual": "nudity or sexual acts meant to arouse, or services of that kind",
        "sexual/minors": "sexual content with anybody under 18",
        "violence": "death, violence or injury of people or animals",
        "violence/graphic": "the same in graphic detail",
        "hate": "hatred of people for what they are: race, gender, origin, religion, disability, caste, orientation",
        "harassment": "insults, threats or bullying",
        "self-harm": "suicide, cutting, eating disorders: shown, intended or encouraged",
        "illicit": "instructions or goods for crimes: drugs, weapons, theft",
    ]
    static let usual = "sexual, sexual/minors, violence, violence/graphic, hate, harassment, self-harm, illicit"
    private static let most = 32
    private static let longestName = 40

    let categories: [Category]
    /// What the caller says besides, in words.
    let words: String

    /// - Parameters:
    ///   - text: names, each with a threshold if wanted: `sexual=0.3, violence`.
    ///   - threshold: of those without one.
    /// - Throws: `VideoError.outputSetting`.
    init(_ text: String, threshold: Double, words: String) throws(VideoError) {
        var categories: [Category] = []
        for word in text.split(separator: ",") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
            let name = parts[0]
            guard (1...Self.longestName).contains(name.utf8.count), name.allSatisfy({ $0.isASCII && $0.isCategoryLetter }) else {
                throw .outputSetting(
                    "categories: \(name.prefix(Self.longestName)) is no name of one: write small letters, digits, - and /")
            }
            var least = threshold
            if parts.count == 2 {
                guard let value = Double(parts[1]), value > 0, value <= 1 else {
                    throw .outputSetting("categories: the threshold of \(name) is to be above 0 and at most 1")
                }
                least = value
            }
            guard !categories.contains(where: { $0.name == name }) else {
                throw .outputSetting("categories: \(name) is there twice")
            }
            categories.append(Category(name: name, threshold: least))
        }
        guard (1...Self.most).contains(categories.count) else {
            throw .outputSetting("categories: name at least one and at most \(Self.most)")
        }
        (self.categories, self.words) = (categories, words)
    }

    /// What a model is told of it.
    var instruction: String {
        let list = categories.map { category in
            "- " + category.name + (Self.meanings[category.name].map { ": " + $0 } ?? "")
        }
        return "Categories:\n" + list.joined(separator: "\n") + (words.isEmpty ? "" : "\n\nPolicy: " + words)
    }
}

extension Character {
    fileprivate var isCategoryLetter: Bool { isLowercase || isNumber || self == "-" || self == "/" || self == "_" }
}
