import Media
package import Primitives
import VideoText

extension Composition {
    /// JSON Schema of what `assemble` takes: the studio's own document, or one of OpenTimelineIO.
    package static var documentSchema: JSONValue {
        let foreign: JSONValue = [
            "type": "object", "required": ["OTIO_SCHEMA", "tracks"],
            "properties": ["OTIO_SCHEMA": ["type": "string", "pattern": "^Timeline\\."], "tracks": ["type": "object"]],
        ]
        return ["anyOf": [schema, foreign]]
    }

    /// What other programs have no place for: canvas, text, captions and the end.
    var frame: JSONValue {
        var members: [String: JSONValue] = [
            "canvas": [
                "width": JSONValue(canvas.width), "height": JSONValue(canvas.height),
                "frame_rate": .string("\(canvas.frameRate.numerator)/\(canvas.frameRate.denominator)"),
                "background": .string(canvas.background.text),
            ],
            "text": .array(
                titles.map { title in
                    .object(
                        [
                            "text": .string(title.text), "start_s": .number(title.start), "end_s": .number(title.end),
                            "fade_s": .number(title.fade),
                        ].merging(title.look.members) { $1 })
                }), "end_fade_s": .number(endFade),
        ]
        if let captions {
            members["captions"] = .object(
                ["file": .string(captions.file), "karaoke": .string(captions.karaoke.rawValue)].merging(captions.look.members) {
                    $1
                })
        }
        return .object(members)
    }
}

extension Composition.Item {
    /// What it has beside its place and its part of the media.
    var extras: JSONValue {
        var members: [String: JSONValue] = ["fit": .string(fit.rawValue)]
        switch picture {
        case .clip:
            members["kind"] = "clip"
            (members["gain_db"], members["mute"]) = (.number(gain), .bool(isMuted))
        case .still(_, let motion):
            members["kind"] = "still"
            if let motion { members["motion"] = ["from": motion.from.document, "to": motion.to.document] }
        case .color(let color): (members["kind"], members["color"]) = ("color", .string(color.text))
        }
        if let transition {
            members["transition"] = ["kind": .string(transition.kind.rawValue), "duration_s": .number(transition.duration)]
        }
        return .object(members)
    }
}

extension Composition.View {
    fileprivate var document: JSONValue { ["x": .number(x), "y": .number(y), "zoom": .number(zoom)] }
}

extension Composition.Track {
    var extras: JSONValue { ["role": speaks ? "speech" : "other", "gain_db": .number(gain), "duck": .bool(ducks)] }
}

extension Composition.Sound {
    var extras: JSONValue {
        [
            "gain_db": .number(gain), "fade_in_s": .number(fadeIn), "fade_out_s": .number(fadeOut), "loop": .bool(loops),
            "whole": .bool(to == nil),
        ]
    }
}

extension TextColor {
    /// `#rrggbbaa`.
    var text: String {
        "#"
            + [red, green, blue, opacity].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension TextSettings {
    /// The members of a document that tell how text looks.
    fileprivate var members: [String: JSONValue] {
        [
            "font": .string(font), "size_percent": .number(size), "color": .string(color), "highlight_color": .string(highlight),
            "outline_color": .string(outlineColor), "outline_percent": .number(outline), "backing": .string(backing.rawValue),
            "box_color": .string(boxColor), "bold": .bool(isBold), "position": .string(place.rawValue),
            "safe_area": .string(safeArea.rawValue),
        ]
    }
}
