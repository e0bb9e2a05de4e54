import CASS

// The functions are found once and never change.
/// libass and fontconfig, loaded when the first text is drawn: with what they pull in they would slow the start of every process.
final class TextLibrary: @unchecked Sendable {
    let functions: avs_text_functions

    private init(_ functions: avs_text_functions) { self.functions = functions }

    private static let loaded: Result<TextLibrary, TextError> = {
        var functions = avs_text_functions()
        return avs_load_text(&functions) != 0 ? .success(TextLibrary(functions)) : .failure(.notInstalled)
    }()

    /// - Throws: `TextError.notInstalled`.
    static func load() throws(TextError) -> avs_text_functions { try loaded.get().functions }
}
