/// The languages that Whisper knows, by code and by the English name that OpenAI's API shows.
/// Source: the table LANGUAGES of Whisper's tokenizer (Radford et al. 2022).
package enum SpokenLanguage {
    /// - Parameter code: `en`, or with a region: `en-GB`.
    /// - Returns: the name in lower case, `english`; `nil` for a language that Whisper does not know.
    package static func name(ofCode code: String) -> String? {
        names[code.lowercased()] ?? names[code.prefix { $0 != "-" && $0 != "_" }.lowercased()]
    }

    /// - Parameter text: a code, `de`, or an English name, `German`.
    /// - Returns: the code; `nil` for a language that Whisper does not know.
    package static func code(from text: String) -> String? {
        let lowered = text.lowercased()
        if names[lowered] != nil { return lowered }
        if let code = names.first(where: { $0.value == lowered })?.key { return code }
        let primary = String(lowered.prefix { $0 != "-" && $0 != "_" })
        return names[primary] == nil ? nil : primary
    }

    /// Every code, in alphabetical order.
    package static var codes: [String] { names.keys.sorted() }

    private static let names: [String: String] = [
        "af": "afrikaans", "am": "amharic", "ar": "arabic", "as": "assamese", "az": "azerbaijani", "ba": "bashkir",
        "be": "belarusian", "bg": "bulgarian", "bn": "bengali", "bo": "tibetan", "br": "breton", "bs": "bosnian", "ca": "catalan",
        "cs": "czech", "cy": "welsh", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
        "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fo": "faroese", "fr": "french", "gl": "galician",
        "gu": "gujarati", "ha": "hausa", "haw": "hawaiian", "he": "hebrew", "hi": "hindi", "hr": "croatian",
        "ht": "haitian creole", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "is": "icelandic", "it": "italian",
        "ja": "japanese", "jw": "javanese", "ka": "georgian", "kk": "kazakh", "km": "khmer", "kn": "kannada", "ko": "korean",
        "la": "latin", "lb": "luxembourgish", "ln": "lingala", "lo": "lao", "lt": "lithuanian", "lv": "latvian", "mg": "malagasy",
        "mi": "maori", "mk": "macedonian", "ml": "malayalam", "mn": "mongolian", "mr": "marathi", "ms": "malay", "mt": "maltese",
        "my": "myanmar", "ne": "nepali", "nl": "dutch", "nn": "nynorsk", "no": "norwegian", "oc": "occitan", "pa": "punjabi",
        "pl": "polish", "ps": "pashto", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sa": "sanskrit", "sd": "sindhi",
        "si": "sinhala", "sk": "slovak", "sl": "slovenian", "sn": "shona", "so": "somali", "sq": "albanian", "sr": "serbian",
        "su": "sundanese", "sv": "swedish", "sw": "swahili", "ta": "tamil", "te": "telugu", "tg": "tajik", "th": "thai",
        "tk": "turkmen", "tl": "tagalog", "tr": "turkish", "tt": "tatar", "uk": "ukrainian", "ur": "urdu", "uz": "uzbek",
        "vi": "vietnamese", "yi": "yiddish", "yo": "yoruba", "yue": "cantonese", "zh": "chinese",
    ]
}
