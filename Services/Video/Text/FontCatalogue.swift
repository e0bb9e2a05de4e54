import CASS

/// The fonts on this machine, as fontconfig lists them.
package struct FontCatalogue: Sendable {
    /// Names that stand for whatever font of the kind there is.
    private static let generic: Set = ["sans-serif", "serif", "monospace"]

    /// Families by name, in order.
    package let families: [String]
    /// What fonts may be called: families, full names and PostScript names, in lower case.
    private let names: Set<String>

    /// - Throws: `TextError.notInstalled`, `.outOfMemory`.
    package init() throws(TextError) {
        let library = try TextLibrary.load()
        guard let config = library.load_fonts(), let pattern = library.pattern_create(), let wanted = library.object_set_create()
        else { throw .outOfMemory }
        defer {
            library.object_set_destroy(wanted)
            library.pattern_destroy(pattern)
            library.config_destroy(config)
        }
        for key in [FC_FAMILY, FC_FULLNAME, FC_POSTSCRIPT_NAME] { _ = library.object_set_add(wanted, key) }
        guard let set = library.font_list(config, pattern, wanted) else { throw .outOfMemory }
        defer { library.font_set_destroy(set) }
        var (families, names): (Set<String>, Set<String>) = ([], [])
        for index in 0..<Int(set.pointee.nfont) {
            guard let font = set.pointee.fonts[index] else { continue }
            families.formUnion(Self.strings(library, font, FC_FAMILY).prefix(1))
            for key in [FC_FAMILY, FC_FULLNAME, FC_POSTSCRIPT_NAME] {
                names.formUnion(Self.strings(library, font, key).map { $0.lowercased() })
            }
        }
        (self.families, self.names) = (families.sorted(), names)
    }

    /// - Parameter name: in any case; one that stands for a kind of font (`sans-serif`) always fits.
    /// - Throws: `TextError.unknownFont`.
    package func check(_ name: String) throws(TextError) {
        let key = name.lowercased()
        guard Self.generic.contains(key) || names.contains(key) else { throw .unknownFont(name, known: families) }
    }

    private static func strings(
        _ library: avs_text_functions, _ font: OpaquePointer, _ key: String
    ) -> [String] {
        var found: [String] = []
        var text: UnsafeMutablePointer<FcChar8>?
        while library.pattern_string(font, key, Int32(found.count), &text) == FcResultMatch, let text {
            found.append(String(cString: text))
        }
        return found
    }
}
