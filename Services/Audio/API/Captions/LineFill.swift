/// Counts the lines that units take when each goes on the current line if it fits there.
struct LineFill {
    private let layout: CaptionLayout
    /// Columns on the current line.
    private var column: Int
    /// Lines begun.
    private(set) var lines = 1
    /// Columns of all lines.
    private(set) var width: Int
    private var isEmpty = true

    /// - Parameter indent: columns taken at the beginning of the first line.
    init(layout: CaptionLayout, indent: Int) {
        (self.layout, column, width) = (layout, indent, indent)
    }

    /// - Returns: whether all units so far fit.
    mutating func add(_ unit: CaptionUnit) -> Bool {
        let space = !isEmpty && unit.hasLeadingSpace ? 1 : 0
        if !isEmpty && column + space + unit.width > layout.maximumLineWidth {
            lines += 1
            column = unit.width
        } else {
            column += space + unit.width
        }
        width += space + unit.width
        isEmpty = false
        return lines <= layout.maximumLines && column <= layout.maximumLineWidth
    }
}
