import CASS

/// Draws the text of a script (Advanced SubStation Alpha) for pictures of one size and kind.
package final class TextRenderer {
    /// Glyphs and megabytes of bitmaps that are kept.
    private static let cache: (glyphs: Int32, megabytes: Int32) = (2000, 32)

    private let library: avs_text_functions
    private let context: OpaquePointer
    private let renderer: OpaquePointer
    private let track: UnsafeMutablePointer<ASS_Track>
    private let colors: PictureColors
    private let shifts: (x: Int, y: Int)
    private let missing: UnsafeMutablePointer<avs_missing_letters>
    private var last: TextLayer?

    /// - Parameters:
    ///   - script: the whole script; fonts inside of it are not used.
    ///   - defaultFont: taken where a font has no such letter or is not there.
    ///   - width: of the pictures, pixels; `height` likewise.
    ///   - colors: how the pictures code colours.
    ///   - chromaShifts: how many pixels share a sample of chroma across and down, as powers of two.
    /// - Throws: `TextError`.
    package init(
        script: String, defaultFont: String = TextStyle.defaultFont, width: Int, height: Int, colors: PictureColors,
        chromaShifts: (x: Int, y: Int)
    ) throws(TextError) {
        library = try TextLibrary.load()
        (self.colors, shifts) = (colors, chromaShifts)
        guard let context = library.library_init() else { throw .outOfMemory }
        let missing = UnsafeMutablePointer<avs_missing_letters>.allocate(capacity: 1)
        missing.initialize(to: avs_missing_letters())
        withUnsafePointer(to: library) { avs_text_watch($0, context, missing) }
        library.set_extract_fonts(context, 0)
        guard let renderer = library.renderer_init(context) else {
            library.library_done(context)
            missing.deallocate()
            throw .outOfMemory
        }
        library.set_storage_size(renderer, Int32(width), Int32(height))
        library.set_frame_size(renderer, Int32(width), Int32(height))
        library.set_cache_limits(renderer, Self.cache.glyphs, Self.cache.megabytes)
        library.set_fonts(renderer, nil, defaultFont, Int32(ASS_FONTPROVIDER_FONTCONFIG.rawValue), nil, 1)
        var bytes = script.utf8.map { CChar(bitPattern: $0) }
        let read = library.read_memory(context, &bytes, bytes.count, nil)
        guard let read else {
            library.renderer_done(renderer)
            library.library_done(context)
            missing.deallocate()
            throw .badScript
        }
        (self.context, self.renderer, track, self.missing) = (context, renderer, read, missing)
    }

    deinit {
        library.free_track(track)
        library.renderer_done(renderer)
        library.library_done(context)
        missing.deallocate()
    }

    /// The letters, of those drawn so far, that no font on this machine has: boxes stand in their place.
    package var missingLetters: MissingLetters {
        let letters = missing.pointee
        let codes = withUnsafeBytes(of: letters.codes) { Array($0.bindMemory(to: UInt32.self).prefix(Int(letters.count))) }
        return MissingLetters(codes)
    }

    /// The text that is seen at a time.
    /// - Parameter seconds: from the beginning.
    /// - Returns: the same object as long as nothing changes; `nil` when there is nothing to see.
    package func layer(at seconds: Double) -> TextLayer? {
        var change: Int32 = 0
        let images = library.render_frame(renderer, track, Int64((seconds * 1000).rounded()), &change)
        if change != 0 { last = TextCanvas(images, colors: colors, alignment: shifts)?.layer(shifts: shifts) }
        return last
    }
}
