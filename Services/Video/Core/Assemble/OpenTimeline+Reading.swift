import Media
import Primitives

extension OpenTimeline {
    /// Endings of files that are single pictures.
    private static let stills: Set = ["jpg", "jpeg", "png", "webp"]

    /// Reads the first track of pictures and all of sound, and what the studio keeps as metadata.
    /// - Throws: `CompositionError` naming the place.
    static func composition(_ document: JSONValue) throws(CompositionError) -> Composition {
        guard document["OTIO_SCHEMA"]?.stringValue?.hasPrefix("Timeline.") == true else {
            throw CompositionError("OTIO_SCHEMA", "must be that of a timeline")
        }
        var own = document["metadata"]?[key]?.objectValue ?? [:]
        guard let tracks = document["tracks"]?["children"]?.arrayValue else {
            throw CompositionError("tracks.children", "must be a list")
        }
        var rate: Double?
        if let text = own["canvas"]?["frame_rate"], let known = Composition.Canvas.rate(text) { rate = known.value }
        var (items, sounds) = ([JSONValue](), [JSONValue]())
        for (index, track) in tracks.enumerated() {
            let path = "tracks.children.\(index)"
            let children = track["children"]?.arrayValue ?? []
            switch track["kind"]?.stringValue {
            case "Video" where items.isEmpty: items = try pictures(children, "\(path).children", &rate)
            case "Video": throw CompositionError(path, "is a second track of pictures; one is taken")
            case "Audio":
                let clips = try self.sounds(children, "\(path).children")
                if clips.isEmpty { continue }
                var lane = track["metadata"]?[key]?.objectValue ?? [:]
                lane["clips"] = .array(clips)
                sounds.append(.object(lane))
            default: throw CompositionError("\(path).kind", "must be Video or Audio")
            }
        }
        if own["canvas"] == nil, let rate { own["canvas"] = ["frame_rate": .number(rate)] }
        own["video"] = .array(items)
        if !sounds.isEmpty { own["audio"] = .array(sounds) }
        return try Composition(document: .object(own))
    }

    private static func pictures(_ children: [JSONValue], _ path: String, _ rate: inout Double?) throws(CompositionError)
        -> [JSONValue]
    {
        var items = [JSONValue]()
        for clip in try clips(children, path) {
            rate = rate ?? clip.document["source_range"]?["duration"]?["rate"]?.doubleValue
            let (entry, exit) = (transition(children, clip.index - 1), transition(children, clip.index + 1))
            let (before, after) = (try offset(entry, "in_offset", clip.path), try offset(exit, "out_offset", clip.path))
            var item = clip.document["metadata"]?[key]?.objectValue ?? [:]
            let (kind, file) = (item.removeValue(forKey: "kind")?.stringValue, try file(clip.document, clip.path))
            let isStill =
                kind == "still" || (kind == nil && stills.contains(file?.split(separator: ".").last?.lowercased() ?? ""))
            if isStill || kind == "color" {
                if isStill { item["still"] = file.map(JSONValue.string) }
                item["duration_s"] = .number(before + clip.length + after)
            } else {
                item["clip"] = file.map(JSONValue.string)
                (item["in_s"], item["out_s"]) = (.number(max(0, clip.start - before)), .number(clip.start + clip.length + after))
            }
            if let entry {
                let known = entry["name"]?.stringValue.flatMap(Composition.Transition.Kind.init(rawValue:)) ?? .crossfade
                let whole = before + (try offset(entry, "out_offset", clip.path))
                item["transition"] = ["kind": .string(known.rawValue), "duration_s": .number(whole)]
            }
            item["start_s"] = .number(clip.time - before)
            items.append(.object(item))
        }
        return items
    }

    private static func sounds(_ children: [JSONValue], _ path: String) throws(CompositionError) -> [JSONValue] {
        var sounds = [JSONValue]()
        for clip in try clips(children, path) {
            var sound = clip.document["metadata"]?[key]?.objectValue ?? [:]
            let isWhole = sound.removeValue(forKey: "whole") == .bool(true)
            guard let file = try file(clip.document, clip.path) else {
                throw CompositionError("\(clip.path).media_references", "names no file")
            }
            let start = max(0, clip.start)
            (sound["file"], sound["start_s"], sound["in_s"]) = (.string(file), .number(clip.time), .number(start))
            if !isWhole { sound["out_s"] = .number(start + clip.length) }
            sounds.append(.object(sound))
        }
        return sounds
    }

    /// A clip of a track.
    private struct Clip {
        let document: JSONValue
        /// Among the track's children.
        let index: Int
        /// How errors name it.
        let path: String
        /// Seconds of the track before it.
        let time: Double
        /// Seconds of its media before it.
        let start: Double
        /// Seconds.
        let length: Double
    }

    private static func clips(_ children: [JSONValue], _ path: String) throws(CompositionError) -> [Clip] {
        var (clips, time) = ([Clip](), 0.0)
        for (index, child) in children.enumerated() {
            let place = "\(path).\(index)"
            let kind = child["OTIO_SCHEMA"]?.stringValue?.split(separator: ".").first
            if kind == "Transition" { continue }
            guard kind == "Gap" || kind == "Clip" else { throw CompositionError(place, "must be a clip, a gap or a transition") }
            let range = child["source_range"]
            let length = try seconds(range?["duration"], "\(place).source_range.duration")
            if kind == "Clip" {
                // Times of recorders do not begin at 0.
                let start = try seconds(range?["start_time"], "\(place).source_range.start_time") - available(child)
                clips.append(Clip(document: child, index: index, path: place, time: time, start: start, length: length))
            }
            time += length
        }
        return clips
    }

    private static func transition(_ children: [JSONValue], _ index: Int) -> JSONValue? {
        guard children.indices.contains(index) else { return nil }
        guard children[index]["OTIO_SCHEMA"]?.stringValue?.hasPrefix("Transition.") == true else { return nil }
        return children[index]
    }

    private static func offset(_ transition: JSONValue?, _ name: String, _ path: String) throws(CompositionError) -> Double {
        guard let transition else { return 0 }
        return try seconds(transition[name], "\(path): \(name) of the transition beside it")
    }

    /// Seconds of a rational time.
    private static func seconds(_ time: JSONValue?, _ path: String) throws(CompositionError) -> Double {
        guard let value = time?["value"]?.doubleValue, let rate = time?["rate"]?.doubleValue, value.isFinite, rate.isFinite,
            rate > 0,
            value >= 0
        else { throw CompositionError(path, "must be a time with a value and a rate") }
        return value / rate
    }

    /// Seconds that the media's own clock begins with.
    private static func available(_ clip: JSONValue) throws(CompositionError) -> Double {
        guard let start = media(clip)?["available_range"]?["start_time"], start != .null else { return 0 }
        return try seconds(start, "available_range")
    }

    private static func media(_ clip: JSONValue) -> JSONValue? {
        let active = clip["active_media_reference_key"]?.stringValue ?? "DEFAULT_MEDIA"
        return clip["media_references"]?[active] ?? clip["media_reference"]
    }

    /// The name of a clip's file, without its folders; `nil` for a colour.
    private static func file(_ clip: JSONValue, _ path: String) throws(CompositionError) -> String? {
        guard let media = media(clip), let schema = media["OTIO_SCHEMA"]?.stringValue else {
            throw CompositionError("\(path).media_references", "names no media")
        }
        if schema.hasPrefix("GeneratorReference.") { return nil }
        guard schema.hasPrefix("ExternalReference."), let url = media["target_url"]?.stringValue,
            let name = url.split(separator: "/").last
        else { throw CompositionError("\(path).media_references", "names no file: \(schema)") }
        return decoded(name)
    }

    /// Bytes of a URL that are written as two digits after a percent sign.
    private static func decoded(_ text: Substring) -> String {
        var (bytes, rest) = ([UInt8](), text.utf8[...])
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let digits = String(rest.prefix(2)), let value = UInt8(digits, radix: 16),
                digits.utf8.count == 2
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
