import Media
import Primitives

/// A timeline as editing programs exchange it. What of it has a counterpart there is written as such; the rest goes along as
/// metadata, so that what the studio wrote it reads back whole.
/// Source: OpenTimelineIO's file format, schemas Timeline.1, Stack.1, Track.1, Clip.2, Gap.1, Transition.1.
enum OpenTimeline {
    /// The member of `metadata` that is the studio's own.
    static let key = "avstudio"

    /// - Parameter plan: of the same timeline.
    static func document(_ composition: Composition, plan: CompositionPlan) -> JSONValue {
        let rate = plan.rate.value
        let sounds = composition.tracks.enumerated().flatMap { number, lane -> [JSONValue] in
            rows(lane.sounds).map { row in
                var (children, end) = ([JSONValue](), 0.0)
                for sound in row {
                    if sound.start > end { children.append(gap((sound.start - end) * rate, rate)) }
                    let length = (sound.to ?? sound.from) - sound.from
                    children.append(clip(sound.file, sound.from * rate, length * rate, rate, sound.extras))
                    end = max(end, sound.start) + length
                }
                return track("Sound \(number + 1)", "Audio", children, lane.extras)
            }
        }
        let tracks = [track("Pictures", "Video", pictures(composition, plan, rate), [:])] + sounds
        return [
            "OTIO_SCHEMA": "Timeline.1", "name": "assembled", "global_start_time": .null,
            "tracks": composable("Stack.1", ["name": "tracks", "children": .array(tracks)]), "metadata": [key: composition.frame],
        ]
    }

    /// Sounds so that none begins before the one in front of it has ended: a track of the format has no room for that.
    private static func rows(_ sounds: [Composition.Sound]) -> [[Composition.Sound]] {
        var rows: [(sounds: [Composition.Sound], end: Double)] = []
        for sound in sounds.sorted(by: { $0.start < $1.start }) {
            let end = sound.start + (sound.to ?? sound.from) - sound.from
            if let free = rows.firstIndex(where: { $0.end <= sound.start + 1e-9 }) {
                rows[free] = (rows[free].sounds + [sound], end)
            } else {
                rows.append(([sound], end))
            }
        }
        return rows.map(\.sounds)
    }

    private static func pictures(_ composition: Composition, _ plan: CompositionPlan, _ rate: Double) -> [JSONValue] {
        var (children, end) = ([JSONValue](), 0)
        for (index, segment) in plan.segments.enumerated() {
            let item = composition.items[segment.item]
            if segment.frames.lowerBound > end { children.append(gap(Double(segment.frames.lowerBound - end), rate)) }
            // A cut lies in the middle of its transition; what is seen beyond it are handles of the media.
            let before = segment.isOverlapping ? segment.entry / 2 : 0
            let next = index + 1 < plan.segments.count ? plan.segments[index + 1] : nil
            let after = next.map { $0.isOverlapping ? $0.entry - $0.entry / 2 : 0 } ?? 0
            if segment.isOverlapping {
                children.append([
                    "OTIO_SCHEMA": "Transition.1", "name": .string(segment.kind.rawValue),
                    "transition_type": .string(segment.kind == .crossfade ? "SMPTE_Dissolve" : "Custom_Transition"),
                    "in_offset": time(Double(before), rate), "out_offset": time(Double(segment.entry - before), rate),
                    "metadata": [:],
                ])
            }
            let (file, from): (String?, Double) =
                switch item.picture {
                case .clip(let name, let start, _): (name, start * rate)
                case .still(let name, _): (name, 0)
                case .color: (nil, 0)
                }
            let count = Double(segment.frames.count - before - after)
            children.append(clip(file, from + Double(before), count, rate, item.extras))
            end = segment.frames.upperBound
        }
        return children
    }

    private static func time(_ frames: Double, _ rate: Double) -> JSONValue {
        ["OTIO_SCHEMA": "RationalTime.1", "rate": .number(rate), "value": .number(frames)]
    }

    private static func range(_ start: Double, _ count: Double, _ rate: Double) -> JSONValue {
        ["OTIO_SCHEMA": "TimeRange.1", "start_time": time(start, rate), "duration": time(count, rate)]
    }

    private static func composable(_ schema: String, _ more: [String: JSONValue]) -> JSONValue {
        .object(
            [
                "OTIO_SCHEMA": .string(schema), "name": "", "effects": [], "markers": [], "enabled": true, "metadata": [:],
                "source_range": .null,
            ].merging(more) { $1 })
    }

    private static func gap(_ count: Double, _ rate: Double) -> JSONValue {
        composable("Gap.1", ["source_range": range(0, count, rate)])
    }

    private static func track(_ name: String, _ kind: String, _ children: [JSONValue], _ extras: JSONValue) -> JSONValue {
        composable(
            "Track.1", ["name": .string(name), "kind": .string(kind), "children": .array(children), "metadata": [key: extras]])
    }

    /// - Parameter file: `nil` for a colour.
    private static func clip(_ file: String?, _ start: Double, _ count: Double, _ rate: Double, _ extras: JSONValue) -> JSONValue {
        var media: [String: JSONValue] = ["metadata": [:], "available_range": .null, "available_image_bounds": .null]
        if let file {
            for (name, value) in ["OTIO_SCHEMA": "ExternalReference.1", "name": file, "target_url": file] {
                media[name] = .string(value)
            }
        } else {
            for (name, value) in ["OTIO_SCHEMA": "GeneratorReference.1", "name": "color", "generator_kind": "SolidColor"] {
                media[name] = .string(value)
            }
            media["parameters"] = [:]
        }
        return composable(
            "Clip.2",
            [
                "name": .string(file ?? "color"), "source_range": range(start, count, rate),
                "media_references": ["DEFAULT_MEDIA": .object(media)], "active_media_reference_key": "DEFAULT_MEDIA",
                "metadata": [key: extras],
            ])
    }
}
