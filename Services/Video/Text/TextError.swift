import Primitives

/// Why text can not be drawn.
package enum TextError: CodedError, Equatable {
    /// libass or fontconfig is not on this machine.
    case notInstalled
    /// A font that is not on this machine, and those that are.
    case unknownFont(String, known: [String])
    /// What was given as a colour.
    case notAColor(String)
    /// The script is not one of Advanced SubStation Alpha.
    case badScript
    case outOfMemory

    package var code: String {
        switch self {
        case .notInstalled: "text-unsupported"
        case .unknownFont: "unknown-font"
        case .notAColor: "not-a-color"
        case .badScript: "invalid-captions"
        case .outOfMemory: "out-of-memory"
        }
    }

    package var message: String {
        switch self {
        case .notInstalled: "text can not be drawn: libass is not installed"
        case .unknownFont(let name, let known):
            "the font \(name.prefix(80)) is not installed; there are: "
                + (known.isEmpty ? "none" : known.prefix(40).joined(separator: ", ")) + (known.count > 40 ? " and more" : "")
        case .notAColor(let text): "\(text.prefix(40)) is no colour: write #rrggbb or, with opacity, #rrggbbaa"
        case .badScript: "the captions are not a script of Advanced SubStation Alpha that can be read"
        case .outOfMemory: "there is not enough memory to draw text"
        }
    }
}
