import Primitives

/// What can be wrong with what is asked of a video, beyond what `MediaError` says of the file.
package enum VideoError: CodedError, Equatable {
    /// A time that is none, as it was written.
    case notATime(String)
    case noTimes
    /// How many frames there would be, and how many are allowed.
    case tooManyFrames(Int, most: Int)
    /// A time after the last frame, and when that is, seconds.
    case afterTheEnd(Double, end: Double)
    case noPictures
    /// Pixels of a picture that would be larger than the studio makes.
    case tooLarge(Int, Int)
    /// What was given as a language.
    case notALanguage(String)
    /// What is wrong with the settings of a file to write, as a sentence.
    case outputSetting(String)

    package var code: String {
        switch self {
        case .notATime: "not-a-time"
        case .noTimes: "no-times"
        case .tooManyFrames: "too-many-frames"
        case .afterTheEnd: "after-the-end"
        case .noPictures: "no-pictures"
        case .tooLarge: "picture-too-large"
        case .notALanguage: "not-a-language"
        case .outputSetting: "output-not-possible"
        }
    }

    package var message: String {
        switch self {
        case .notATime(let text): "\(text) is no time: write seconds (12.5) or hours, minutes and seconds (0:00:12.5)"
        case .noTimes: "name at least one time"
        case .tooManyFrames(let count, let most):
            "that would be \(count) frames, and at most \(most) are wanted; raise most or take fewer"
        case .afterTheEnd(let time, let end):
            "there is nothing at \(time.rounded(decimals: 3)) s: the video ends after \(end.rounded(decimals: 3)) s"
        case .noPictures: "none of the wanted frames can be decoded"
        case .tooLarge(let width, let height): "a picture of \(width)×\(height) pixels is more than the studio makes"
        case .notALanguage(let text): "\(text.prefix(10)) is no language: write three letters (ISO 639-2) such as eng"
        case .outputSetting(let sentence): sentence
        }
    }
}

extension VideoError {
    /// - Parameter texts: what must say something, by the names of the fields.
    /// - Throws: `outputSetting` naming the first that is blank.
    static func refuseBlank(_ texts: KeyValuePairs<String, String>) throws(VideoError) {
        for (name, text) in texts where text.allSatisfy(\.isWhitespace) {
            throw .outputSetting("\(name) must not be empty")
        }
    }
}
