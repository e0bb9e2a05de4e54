package import Primitives
import VideoText

extension Composition {
    /// JSON Schema of the document.
    package static var schema: JSONValue {
        [
            "type": "object", "additionalProperties": false, "required": ["video"],
            "properties": [
                "canvas": canvasSchema,
                "video": [
                    "type": "array", "minItems": 1, "maxItems": JSONValue(mostItems), "items": itemSchema,
                    "description": "What is seen, one after another: each has one of clip, still and color.",
                ],
                "text": [
                    "type": "array", "maxItems": JSONValue(mostItems), "items": titleSchema,
                    "description": "Text over the pictures.",
                ],
                "audio": ["type": "array", "maxItems": 16, "items": trackSchema, "description": "Sound beside that of the clips."],
                "captions": object(
                    ["file": file("A file of captions among the inputs."), "karaoke": choice(Karaoke.self)].merging(
                        TextSettings.schemaProperties
                    ) { $1 },
                    required: ["file"]),
                "end_fade_s": seconds("How long the end fades to the background.", most: 600),
            ],
        ]
    }

    private static var canvasSchema: JSONValue {
        object([
            "aspect": ["enum": .array(Canvas.aspects.keys.sorted().map(JSONValue.string)), "default": "16:9"],
            "short_side": ["type": "integer", "minimum": 16, "maximum": 4320, "default": 1080, "x-unit": "px"],
            "width": ["type": "integer", "minimum": 16, "maximum": 8192, "x-unit": "px"],
            "height": ["type": "integer", "minimum": 16, "maximum": 8192, "x-unit": "px"],
            "frame_rate": [
                "type": ["number", "string"], "default": 30, "x-unit": "1/s",
                "description": "A number or a fraction such as 30000/1001.",
            ],
            "background": color,
        ])
    }

    private static var itemSchema: JSONValue {
        let view = object([
            "x": part("The middle of what is seen, from the left.", 0...1, 0.5),
            "y": part("The middle of what is seen, from above.", 0...1, 0.5),
            "zoom": part("How much larger it is shown.", 1...8, 1),
        ])
        return object([
            "clip": file("A video among the inputs."), "still": file("A picture among the inputs: JPEG, PNG or WebP."),
            "color": color,
            "in_s": seconds("Where a clip begins in its video."),
            "out_s": seconds("Where it ends there; by default with the video."),
            "duration_s": seconds("Of stills and colours."),
            "start_s": seconds("Where it begins in the timeline; by default right after the one before."), "fit": choice(Fit.self),
            "motion": object(["from": view, "to": view]),
            "transition": object(
                [
                    "kind": choice(Transition.Kind.self),
                    "duration_s": seconds("It begins this much before the one before ends.", most: 60),
                ],
                required: ["duration_s"]),
            "gain_db": decibels, "mute": ["type": "boolean", "default": false],
        ])
    }

    private static var titleSchema: JSONValue {
        object(
            [
                "text": ["type": "string"], "start_s": seconds("When it is seen."), "end_s": seconds("Until when it is seen."),
                "fade_s": seconds("How long it comes in and goes out.", most: 30),
            ].merging(TextSettings.schemaProperties) { $1 }, required: ["text", "end_s"])
    }

    private static var trackSchema: JSONValue {
        let sound = object(
            [
                "file": file("A file with sound among the inputs."), "start_s": seconds("Where it begins in the timeline."),
                "in_s": seconds("Where it begins in its file."), "out_s": seconds("Where it ends there."), "gain_db": decibels,
                "fade_in_s": seconds("How long it comes in.", most: 600), "fade_out_s": seconds("How long it goes out.", most: 600),
                "loop": ["type": "boolean", "default": false, "description": "Begins anew until the pictures end."],
            ], required: ["file"])
        return object(
            [
                "role": choice(Track.Role.self), "gain_db": decibels,
                "duck": ["type": "boolean", "default": false, "description": "Is lowered while tracks of speech speak."],
                "clips": ["type": "array", "minItems": 1, "maxItems": JSONValue(mostItems), "items": sound],
            ], required: ["clips"])
    }

    private static let color: JSONValue = ["type": "string", "pattern": "^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$"]
    private static let decibels: JSONValue = ["type": "number", "minimum": -60, "maximum": 24, "default": 0, "x-unit": "dB"]

    private static func object(_ properties: [String: JSONValue], required: [JSONValue] = []) -> JSONValue {
        var schema: [String: JSONValue] = ["type": "object", "additionalProperties": false, "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) -> JSONValue {
        ["enum": .array(Choice.allCases.map { .string($0.rawValue) })]
    }

    private static func file(_ help: String) -> JSONValue { ["type": "string", "description": .string(help)] }

    private static func seconds(_ help: String, most: Double = longest) -> JSONValue {
        ["type": "number", "minimum": 0, "maximum": .number(most), "x-unit": "s", "description": .string(help)]
    }

    private static func part(_ help: String, _ range: ClosedRange<Double>, _ standard: Double) -> JSONValue {
        [
            "type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
            "default": .number(standard),
            "description": .string(help),
        ]
    }
}
