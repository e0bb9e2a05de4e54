import CCairo
import Primitives

/// Pages of a PDF document. Lengths are points, 1/72 inch, from the top left corner of an A4 page.
final class PDFCanvas {
    static let width = 595.0
    static let height = 842.0

    enum Align {
        case left, right
    }

    struct Color {
        let red: Double
        let green: Double
        let blue: Double

        static let ink = Color(red: 0.13, green: 0.15, blue: 0.19)
        static let faint = Color(red: 0.45, green: 0.48, blue: 0.53)
        static let line = Color(red: 0.85, green: 0.87, blue: 0.9)
        static let bar = Color(red: 0.16, green: 0.44, blue: 0.71)
        static let warning = Color(red: 0.76, green: 0.24, blue: 0.16)
    }

    /// What cairo has written.
    private final class Output {
        var bytes = Bytes()
    }

    private let output = Output()
    private let surface: OpaquePointer
    private let context: OpaquePointer

    /// - Parameters:
    ///   - title: the document's, for readers.
    ///   - created: ISO-8601.
    /// - Throws: `ReportError`.
    init(title: String, created: String) throws(ReportError) {
        let surface = cairo_pdf_surface_create_for_stream(
            { closure, data, length in
                guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                let bytes = UnsafeBufferPointer(start: data, count: Int(length))
                Unmanaged<Output>.fromOpaque(closure).takeUnretainedValue().bytes.append(contentsOf: bytes)
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(output).toOpaque(), Self.width, Self.height)
        // Both give an object that only tells its error when there is no memory, never nothing.
        guard let surface, let context = cairo_create(surface) else { throw ReportError(CAIRO_STATUS_NO_MEMORY) }
        (self.surface, self.context) = (surface, context)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created)
    }

    deinit {
        cairo_destroy(context)
        // Finishes the document if nobody did, which still writes to the output.
        cairo_surface_destroy(surface)
    }

    /// Writes a line of text, cut off where it would be wider than it may.
    /// - Parameters:
    ///   - x: where it begins, or ends when it is aligned right.
    ///   - y: of its base line.
    func text(
        _ text: String, x: Double, y: Double, size: Double = 9, isBold: Bool = false, color: Color = .ink, align: Align = .left,
        width limit: Double = .infinity
    ) {
        cairo_select_font_face(
            context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, size)
        // cairo takes text up to a NUL.
        var shown = text.filter { $0 != "\0" }
        while width(of: shown) > limit, !shown.isEmpty { shown = shown.dropLast(shown.hasSuffix("…") ? 2 : 1) + "…" }
        set(color)
        cairo_move_to(context, align == .left ? x : x - width(of: shown), y)
        cairo_show_text(context, shown)
    }

    private func width(of text: String) -> Double {
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, text, &extents)
        return extents.x_advance
    }

    func rectangle(x: Double, y: Double, width: Double, height: Double, color: Color) {
        set(color)
        cairo_rectangle(context, x, y, width, height)
        cairo_fill(context)
    }

    func line(x: Double, y: Double, width: Double) {
        rectangle(x: x, y: y, width: width, height: 0.5, color: .line)
    }

    func newPage() {
        cairo_show_page(context)
    }

    /// Ends the document.
    /// - Throws: `ReportError` for whatever has gone wrong since the beginning.
    func finish() throws(ReportError) -> Bytes {
        cairo_show_page(context)
        let drawing = cairo_status(context)
        cairo_surface_finish(surface)
        let writing = cairo_surface_status(surface)
        guard drawing == CAIRO_STATUS_SUCCESS else { throw ReportError(drawing) }
        guard writing == CAIRO_STATUS_SUCCESS else { throw ReportError(writing) }
        return output.bytes
    }

    private func set(_ color: Color) {
        cairo_set_source_rgb(context, color.red, color.green, color.blue)
    }
}

/// A report could not be drawn.
package struct ReportError: CodedError {
    /// As cairo numbers it.
    let status: UInt32
    package var code: String { "report-failed" }
    package let message: String

    init(_ status: cairo_status_t) {
        self.status = status.rawValue
        message = "the report can not be drawn: " + String(cString: cairo_status_to_string(status))
    }
}
