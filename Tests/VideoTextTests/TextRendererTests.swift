import Media
import Primitives
import TestSupport
import Testing
import VideoText

@Suite(.computing) struct TextRendererTests {
    private let width = 320
    private let height = 180

    private func black(_ format: String) throws -> VideoFrame {
        let picture = try VideoFrame.picture(
            width: width, height: height, samples: [UInt8](repeating: 0, count: width * height * 3))
        return try VideoFilterGraph("format=\(format)", format: picture.pictureFormat).apply(picture)
    }

    private func renderer(_ script: TextScript, _ colors: PictureColors, _ shifts: (x: Int, y: Int)) throws -> TextRenderer {
        try TextRenderer(script: script.text, width: width, height: height, colors: colors, chromaShifts: shifts)
    }

    private func script(_ text: String, _ change: (inout TextStyle) -> Void = { _ in }) -> TextScript {
        var style = TextStyle()
        style.size = 40
        style.margins = (10, 10, 10)
        change(&style)
        var script = TextScript(width: width, height: height)
        script.add(TextMarkup(text), style, from: 1, to: 2)
        return script
    }

    /// Samples of a component above a bound, by the rows they are in.
    private func rows(_ frame: VideoFrame, _ component: Int = 0, where fits: (UInt8) -> Bool) throws -> [Int] {
        let part = try #require(frame.components).all[component]
        let shift = component == 0 || frame.width == width && part.step == 3 ? 0 : 1
        return (0..<height >> shift).filter { row in
            (0..<width >> shift).contains { fits((part.start + row * part.rowStride)[$0 * part.step]) }
        }
    }

    @Test func textIsSeenWhenAndWhereItShould() throws {
        let renderer = try renderer(script("Hello"), .luma(space: "bt601", isFullRange: false), (1, 1))
        #expect(renderer.layer(at: 0.99) == nil && renderer.layer(at: 2) == nil)
        let layer = try #require(renderer.layer(at: 1))
        let frame = try black("yuv420p")
        #expect(try rows(frame) { $0 > 20 }.isEmpty)
        layer.draw(on: frame)
        let lit = try rows(frame) { $0 > 200 }
        #expect(lit.count > 20 && lit.allSatisfy { (120..<170).contains($0) }, "\(lit)")
        // White has no chroma.
        #expect(try rows(frame, 1) { abs(Int($0) - 128) > 3 }.isEmpty)
        #expect(renderer.layer(at: 1.5) === layer, "drawn anew without a change")
    }

    @Test(arguments: [("rgb24", 0, 1, 2), ("yuv444p", 0, 1, 2)])
    func coloursAreThoseAskedFor(_ format: String, _ first: Int, _ second: Int, _ third: Int) throws {
        let colors = format == "rgb24" ? PictureColors.rgb : .luma(space: "bt601", isFullRange: false)
        let renderer = try renderer(
            script("M") {
                $0.color = TextColor(255, 0, 0)
                $0.outline = 0
            }, colors, (0, 0))
        let frame = try black(format)
        try #require(renderer.layer(at: 1.2)).draw(on: frame)
        let wanted = colors.samples(TextColor(255, 0, 0))
        #expect(wanted == (format == "rgb24" ? [255, 0, 0] : [81, 90, 240]))
        let parts = try #require(frame.components).all
        let hits = (0..<width * height).filter { place in
            parts.indices.allSatisfy {
                let sample = (parts[$0].start + place / width * parts[$0].rowStride)[place % width * parts[$0].step]
                return abs(Int(sample) - Int(wanted[$0])) <= 1
            }
        }
        #expect(hits.count > 50, "\(hits.count) pixels of the colour")
    }

    @Test func deepPicturesTakeText() throws {
        let renderer = try renderer(script("M"), .luma(space: "bt709", isFullRange: false), (1, 1))
        let frame = try black("yuv420p10le")
        try #require(renderer.layer(at: 1.2)).draw(on: frame)
        let part = try #require(frame.components).all[0]
        let most = (0..<height * width).map { place in
            let bytes = part.start + place / width * part.rowStride + place % width * 2
            return Int(bytes[0]) | Int(bytes[1]) << 8
        }.max()
        #expect(most == 940)
    }

    @Test func aBoxLiesBehindTheText() throws {
        let renderer = try renderer(
            script("Box") {
                $0.backing = .box
                $0.boxColor = TextColor(0, 0, 255)
                $0.place = .top
            }, .rgb, (0, 0))
        let frame = try black("rgb24")
        try #require(renderer.layer(at: 1.2)).draw(on: frame)
        let blue = try rows(frame, 2) { $0 == 255 }
        #expect(blue.count > 40 && blue.allSatisfy { $0 < 70 }, "\(blue)")
    }

    @Test(arguments: ["שלום עולם", "مرحبا بالعالم", "😀👩‍👩‍👧‍👦🏳️‍🌈", "{\\pos(1,1)}\\N\\h\\", "\u{202E}a\u{0}b\u{FFFF}", "日本語", ""])
    func noTextCrashes(_ text: String) throws {
        let renderer = try renderer(script(text), .rgb, (0, 0))
        let frame = try black("rgb24")
        renderer.layer(at: 1.5)?.draw(on: frame)
        let lit = try rows(frame) { $0 > 100 }
        #expect(lit.allSatisfy { $0 > 60 }, "markup moved the text: \(lit)")
    }

    @Test func markupInTextIsText() {
        #expect(TextMarkup("a{b}\\N\nc").script == "a\\{b\\}\\\u{2060}N\\Nc")
    }

    @Test func missingFontsAreNamed() throws {
        let fonts = try FontCatalogue()
        #expect(fonts.families.contains("DejaVu Sans"))
        try fonts.check("dejavu sans")
        try fonts.check("DejaVu Sans Bold")
        try fonts.check("sans-serif")
        #expect(throws: TextError.unknownFont("No Such Font", known: fonts.families)) { try fonts.check("No Such Font") }
        #expect(TextError.unknownFont("X", known: ["A", "B"]).message == "the font X is not installed; there are: A, B")
    }

    @Test func coloursAreRead() throws {
        #expect(try TextColor("#0102fF") == TextColor(1, 2, 255))
        #expect(try TextColor("01020380") == TextColor(1, 2, 3, opacity: 128))
        for text in ["", "#12345", "red", "#12345g", "#١٢٣٤٥٦"] {
            #expect(throws: TextError.notAColor(text)) { try TextColor(text) }
        }
    }

    /// A letter of Kharoshthi, one for private use and a picture that is told by two letters; what joins them is not missed.
    @Test func lettersThatNoFontHasAreTold() throws {
        let known = try renderer(script("Grüße αβγ \\ a\u{00A0}b\u{200B}c"), .rgb, (0, 0))
        #expect(known.layer(at: 1.5) != nil && known.missingLetters.letters.isEmpty && known.missingLetters.warnings == [])
        let strange = try renderer(script("ab\u{10A00}\u{F8F0}\u{10A00}\u{200D}"), .rgb, (0, 0))
        #expect(strange.missingLetters.letters.isEmpty, "nothing is drawn yet")
        _ = strange.layer(at: 1.5)
        #expect(strange.missingLetters.letters == ["\u{F8F0}", "\u{10A00}"])
        let told = strange.missingLetters.warnings[0]
        #expect(told?["code"] == "letters-missing")
        #expect(told?["message"]?.stringValue?.hasPrefix("no font on this machine has U+F8F0, U+10A00: boxes") == true, "\(told!)")
    }
}
