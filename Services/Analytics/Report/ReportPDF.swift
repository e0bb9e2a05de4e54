import AnalyticsCore
package import Primitives

/// Draws a report: key figures, charts by day, scripts, and what is unusual.
package struct ReportPDF {
    private static let left = 48.0
    private static let right = PDFCanvas.width - 48
    private static let bottom = PDFCanvas.height - 56
    /// Scripts that are listed.
    private static let mostScripts = 40
    private let content: ReportContent

    package init(_ content: ReportContent) {
        self.content = content
    }

    /// The document.
    /// - Throws: `ReportError`.
    package func bytes() throws(ReportError) -> Bytes {
        let canvas = try PDFCanvas(title: "AV-Studio report", created: content.made.iso8601)
        head(canvas)
        figures(canvas)
        canvas.newPage()
        charts(canvas)
        canvas.newPage()
        scripts(canvas)
        return try canvas.finish()
    }

    private var days: String {
        let last = content.period.to.advanced(by: .seconds(-1))
        return "\(content.period.from.iso8601.prefix(10)) to \(last.iso8601.prefix(10))"
    }

    private func head(_ canvas: PDFCanvas) {
        canvas.text("AV-Studio report", x: Self.left, y: 76, size: 22, isBold: true)
        canvas.text("\(days), UTC", x: Self.left, y: 96, size: 11, color: .faint)
        canvas.text("made \(content.made.iso8601)", x: Self.right, y: 96, size: 8, color: .faint, align: .right)
    }

    private func figures(_ canvas: PDFCanvas) {
        var y = 130.0
        canvas.text("Key figures", x: Self.left, y: y, size: 13, isBold: true)
        for (title, x) in [("period", 400.0), ("before", 475), ("change", Self.right)] {
            canvas.text(title, x: x, y: y, size: 8, color: .faint, align: .right)
        }
        for figure in content.figures {
            y += 25
            canvas.line(x: Self.left, y: y - 15, width: Self.right - Self.left)
            canvas.text(figure.indicator.title, x: Self.left, y: y - 4, size: 10, width: 260)
            canvas.text(figure.indicator.formula.text, x: Self.left, y: y + 6, size: 6.5, color: .faint, width: 260)
            let unit = figure.indicator.unit
            canvas.text(Figures.text(figure.value, unit: unit), x: 400, y: y, size: 10, isBold: true, align: .right)
            canvas.text(Figures.text(figure.before, unit: unit), x: 475, y: y, color: .faint, align: .right)
            canvas.text(Figures.change(figure.value, from: figure.before), x: Self.right, y: y, align: .right)
        }
        y += 44
        let projection = content.projection
        let spent = "\(projection.month.from.iso8601.prefix(7)) has cost \(Figures.text(projection.spent, unit: "USD")) so far"
        let expected = projection.projected.map { " and will have cost about \(Figures.text($0, unit: "USD")) at its end" } ?? ""
        canvas.text(spent + expected + ".", x: Self.left, y: y, size: 10)
        let basis =
            projection.projected == nil
            ? ["too little to project from: no whole day yet"]
            : CostProjection.method.split(separator: "; ").map(String.init) + ["days it is told from: \(projection.days)"]
        for (place, line) in basis.enumerated() {
            canvas.text(line, x: Self.left, y: y + 11 + 9 * Double(place), size: 6.5, color: .faint)
        }
    }

    private func charts(_ canvas: PDFCanvas) {
        canvas.text("By day", x: Self.left, y: 76, size: 13, isBold: true)
        let (width, height) = ((Self.right - Self.left - 28) / 2, 190.0)
        for (place, chart) in content.charts.enumerated() {
            let x = Self.left + Double(place % 2) * (width + 28)
            bars(chart, canvas, x: x, y: 100 + Double(place / 2) * (height + 36), width: width, height: height)
        }
    }

    private func bars(_ chart: ReportContent.Chart, _ canvas: PDFCanvas, x: Double, y: Double, width: Double, height: Double) {
        canvas.text(chart.title, x: x, y: y, size: 10, isBold: true)
        let top = chart.values.max() ?? 0
        canvas.text("\(Figures.text(top, unit: chart.unit)) at most", x: x + width, y: y, size: 7, color: .faint, align: .right)
        let (floor, room) = (y + height - 14, height - 30)
        for share in [0.0, 0.5, 1] { canvas.line(x: x, y: floor - share * room, width: width) }
        let step = width / Double(max(1, chart.values.count))
        for (day, value) in chart.values.enumerated() where top > 0 && value > 0 {
            let length = max(0.5, value / top * room)
            canvas.rectangle(
                x: x + Double(day) * step + step * 0.12, y: floor - length, width: step * 0.76, height: length, color: .bar)
        }
        let last = content.period.to.advanced(by: .seconds(-1))
        canvas.text(String(content.period.from.iso8601.prefix(10)), x: x, y: floor + 10, size: 7, color: .faint)
        canvas.text(String(last.iso8601.prefix(10)), x: x + width, y: floor + 10, size: 7, color: .faint, align: .right)
    }

    private func scripts(_ canvas: PDFCanvas) {
        var y = 76.0
        canvas.text("Scripts", x: Self.left, y: y, size: 13, isBold: true)
        for (title, x) in [("measurements", 400.0), ("errors", 475), ("cost", Self.right)] {
            canvas.text(title, x: x, y: y, size: 8, color: .faint, align: .right)
        }
        for script in content.scripts.prefix(Self.mostScripts) {
            y += 13
            canvas.text(script.name, x: Self.left, y: y, width: 280)
            canvas.text(Figures.short(Double(script.events)), x: 400, y: y, align: .right)
            canvas.text(Figures.short(script.errors), x: 475, y: y, color: script.errors > 0 ? .warning : .ink, align: .right)
            canvas.text(Figures.text(script.cost, unit: "USD"), x: Self.right, y: y, align: .right)
        }
        if content.scripts.count > Self.mostScripts {
            y += 13
            canvas.text("and \(content.scripts.count - Self.mostScripts) more", x: Self.left, y: y, color: .faint)
        }
        y += 30
        canvas.text("Unusual days", x: Self.left, y: y, size: 13, isBold: true)
        for line in content.anomalies.isEmpty ? ["none"] : content.anomalies where y < Self.bottom {
            y += 13
            canvas.text(line, x: Self.left, y: y, width: Self.right - Self.left)
        }
    }
}
