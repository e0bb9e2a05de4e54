import Media
package import Primitives
import VideoText

extension Composition {
    /// Seconds; nothing that is made lasts longer than a day.
    static let longest = 86_400.0
    /// Entries of a list.
    static let mostItems = 2000
    private static let members = ["canvas", "video", "text", "audio", "captions", "end_fade_s"]

    /// Reads the document, without a look at the files that it names.
    /// - Throws: `CompositionError` naming the place.
    package init(document: JSONValue) throws(CompositionError) {
        let fields = try CompositionFields(document, known: Self.members)
        if let (value, path) = fields.object("canvas") { canvas = try Canvas(value, path) }
        for (value, path) in try fields.list("video", most: Self.mostItems) { items.append(try Item(value, path)) }
        for (value, path) in try fields.list("text", most: Self.mostItems) { titles.append(try Title(value, path)) }
        for (value, path) in try fields.list("audio", most: 16) { tracks.append(try Track(value, path)) }
        if let (value, path) = fields.object("captions") { captions = try Captions(value, path) }
        endFade = try fields.number("end_fade_s", in: 0...600) ?? 0
        guard !items.isEmpty else { throw fields.failure("video", "names nothing to see") }
        if tracks.contains(where: \.ducks), !tracks.contains(where: { $0.speaks && !$0.ducks }) {
            throw fields.failure("audio", "has tracks that duck and none with the role speech that they make room for")
        }
    }
}

extension Composition.Canvas {
    /// Shapes by name, as width and height.
    static let aspects = ["16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5), "4:3": (4, 3)]

    init(_ value: JSONValue, _ path: String) throws(CompositionError) {
        let fields = try CompositionFields(
            value, path: path, known: ["aspect", "short_side", "width", "height", "frame_rate", "background"])
        let short = try fields.number("short_side", in: 0...4320).map { Int($0) }
        if let name = try fields.text("aspect") {
            guard let aspect = Self.aspects[name] else {
                throw fields.failure("aspect", "must be one of \(Self.aspects.keys.sorted().joined(separator: ", "))")
            }
            let (across, down) = (aspect.0, aspect.1)
            let side = short ?? 1080
            width = across >= down ? side * across / down : side
            height = across >= down ? side : side * down / across
        } else if let short {
            (width, height) = (short * 16 / 9, short)
        }
        if let wide = try fields.number("width", in: 0...8192) { width = Int(wide) }
        if let high = try fields.number("height", in: 0...8192) { height = Int(high) }
        guard width >= 16, height >= 16 else {
            throw CompositionError(path, "is \(width)×\(height) pixels: both have to be 16 or more")
        }
        (width, height) = (width / 2 * 2, height / 2 * 2)
        if let rate = fields.object("frame_rate") {
            guard let ratio = Self.rate(rate.value), (1...120).contains(ratio.value) else {
                throw fields.failure("frame_rate", "must be from 1 to 120, as a number or a fraction such as \"30000/1001\"")
            }
            frameRate = ratio
        }
        if let color = try fields.color("background") { background = color }
    }

    /// A rate as people write it; those of television are fractions.
    static func rate(_ value: JSONValue) -> Ratio? {
        if let text = value.stringValue {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            if parts.count == 2, let above = parts[0], let below = parts[1], (1...1_000_000).contains(above),
                (1...1_000_000).contains(below)
            {
                return Ratio(above, below)
            }
            return Double(text).flatMap { rate(.number($0)) }
        }
        guard let number = value.doubleValue, number.isFinite, number > 0, number < 1000 else { return nil }
        for television in [24_000, 30_000, 48_000, 60_000, 120_000] where abs(Double(television) / 1001 - number) < 0.005 {
            return Ratio(television, 1001)
        }
        return number == number.rounded() ? Ratio(Int(number), 1) : Ratio(Int((number * 1000).rounded()), 1000)
    }
}

extension Composition.Item {
    private static let members = [
        "clip", "still", "color", "in_s", "out_s", "duration_s", "start_s", "fit", "motion", "transition", "gain_db", "mute",
    ]

    init(_ value: JSONValue, _ path: String) throws(CompositionError) {
        let fields = try CompositionFields(value, path: path, known: Self.members)
        guard ["clip", "still", "color"].filter(fields.has).count == 1 else {
            throw CompositionError(path, "must have one of clip, still and color")
        }
        let isClip = fields.has("clip")
        for name in isClip ? ["motion", "duration_s"] : ["in_s", "out_s", "gain_db", "mute"] where fields.has(name) {
            throw fields.failure(name, isClip ? "belongs to stills and colours; clips have in_s and out_s" : "belongs to clips")
        }
        if let file = try fields.text("clip") {
            let begin = try fields.number("in_s", in: 0...Composition.longest) ?? 0
            let end = try fields.number("out_s", in: 0...Composition.longest)
            if let end, end <= begin { throw fields.failure("out_s", "must come after in_s") }
            picture = .clip(file: file, from: begin, to: end)
        } else if let file = try fields.text("still") {
            picture = .still(
                file: file,
                try fields.object("motion").map { value, path throws(CompositionError) in
                    try Composition.Motion(value, path)
                })
        } else {
            guard !fields.has("motion") else { throw fields.failure("motion", "belongs to stills") }
            picture = .color(try fields.color("color") ?? TextColor(0, 0, 0))
        }
        duration = try fields.number("duration_s", in: 0...Composition.longest)
        if !isClip, duration ?? 0 <= 0 { throw fields.failure("duration_s", "must be there and above 0") }
        start = try fields.number("start_s", in: 0...Composition.longest)
        fit = try fields.choice("fit", Composition.Fit.self) ?? .fit
        if let (value, path) = fields.object("transition") {
            let inner = try CompositionFields(value, path: path, known: ["kind", "duration_s"])
            guard let duration = try inner.number("duration_s", in: 0...60), duration > 0 else {
                throw inner.failure("duration_s", "must be there and above 0")
            }
            transition = Composition.Transition(
                kind: try inner.choice("kind", Composition.Transition.Kind.self) ?? .crossfade, duration: duration)
        }
        gain = try fields.number("gain_db", in: -60...24) ?? 0
        isMuted = try fields.flag("mute")
    }
}

extension Composition.Motion {
    init(_ value: JSONValue, _ path: String) throws(CompositionError) {
        let fields = try CompositionFields(value, path: path, known: ["from", "to"])
        if let (value, path) = fields.object("from") { from = try Composition.View(value, path) }
        to = from
        if let (value, path) = fields.object("to") { to = try Composition.View(value, path) }
    }
}

extension Composition.View {
    init(_ value: JSONValue, _ path: String) throws(CompositionError) {
        let fields = try CompositionFields(value, path: path, known: ["x", "y", "zoom"])
        x = try fields.number("x", in: 0...1) ?? 0.5
        y = try fields.number("y", in: 0...1) ?? 0.5
        zoom = try fields.number("zoom", in: 1...8) ?? 1
    }
}

extension Composition.Title {
    init(_ value: JSONValue, _ path: String) throws(CompositionError) {
        let fields = try CompositionFields(value, path: path, known: ["text", "start_s", "end_s", "fade_s"] + TextSettings.members)
        guard let text = try fields.text("text") else { throw fields.failure("text", "is missing") }
        self.text = text
        start = try fields.number("start_s", in: 0...Composition.longest) ?? 0
        guard let end = try fields.number("end_s", in: 0...Composition.longest) else { throw fields.failure("end_s", "is missing") }
        guard end > start else { throw fields.failure("end_s", "must come after start_s") }
        self.end = end
        fade = try fields.number("fade_s", in: 0...30) ?? 0
        look = try TextSettings(fields)
    }
}

extension Composition.Captions {
    init(_ value: JSONValue, _ path: String) throws(CompositionError) {
        let fields = try CompositionFields(value, path: path, known: ["file", "karaoke"] + TextSettings.members)
        guard let file = try fields.text("file") else { throw fields.failure("file", "is missing") }
        self.file = file
        karaoke = try fields.choice("karaoke", Karaoke.self) ?? .off
        look = try TextSettings(fields)
    }
}

extension Composition.Track {
    enum Role: String, CaseIterable { case speech, music, other }

    init(_ value: JSONValue, _ path: String) throws(CompositionError) {
        let fields = try CompositionFields(value, path: path, known: ["role", "gain_db", "duck", "clips"])
        gain = try fields.number("gain_db", in: -60...24) ?? 0
        speaks = try fields.choice("role", Role.self) == .speech
        ducks = try fields.flag("duck")
        if speaks, ducks { throw fields.failure("duck", "can not be set for speech, which would be lowered by itself") }
        for (value, path) in try fields.list("clips", most: Composition.mostItems) {
            sounds.append(try Composition.Sound(value, path))
        }
        if sounds.isEmpty { throw fields.failure("clips", "names no sound") }
    }
}

extension Composition.Sound {
    private static let members = ["file", "start_s", "in_s", "out_s", "gain_db", "fade_in_s", "fade_out_s", "loop"]

    init(_ value: JSONValue, _ path: String) throws(CompositionError) {
        let fields = try CompositionFields(value, path: path, known: Self.members)
        guard let file = try fields.text("file") else { throw fields.failure("file", "is missing") }
        self.init(file: file)
        start = try fields.number("start_s", in: 0...Composition.longest) ?? 0
        from = try fields.number("in_s", in: 0...Composition.longest) ?? 0
        to = try fields.number("out_s", in: 0...Composition.longest)
        if let to, to <= from { throw fields.failure("out_s", "must come after in_s") }
        gain = try fields.number("gain_db", in: -60...24) ?? 0
        fadeIn = try fields.number("fade_in_s", in: 0...600) ?? 0
        fadeOut = try fields.number("fade_out_s", in: 0...600) ?? 0
        loops = try fields.flag("loop")
    }
}
