package import Media
package import Primitives

/// The tracks of a mix as a person writes them down: one entry for each input, in their order.
///
/// ```json
/// {"tracks": [{"role": "speech"}, {"role": "music", "gain_db": -6, "loop": true, "duck": true, "fade_out_s": 3}]}
/// ```
package enum MixDocument {
    /// What a track is for.
    private enum Role: String, CaseIterable { case speech, music, other }

    private static let numbers: [(name: String, range: ClosedRange<Double>, unit: String, help: String)] = [
        ("gain_db", -60...24, "dB", "How much louder or softer it gets."),
        ("pan", -1...1, "", "From -1 (left) to 1 (right); of stereo tracks the other side is lowered."),
        ("start_s", 0...86_400, "s", "Where it begins in the mix."),
        ("fade_in_s", 0...600, "s", "How long it takes to come in."),
        ("fade_out_s", 0...600, "s", "How long it takes to go out at its end."),
    ]

    /// Reads the tracks.
    /// - Parameters:
    ///   - document: an object, or null to take every input as it is.
    ///   - count: how many inputs there are; inputs without an entry are taken as they are.
    /// - Returns: as many tracks as inputs. Where tracks duck and none is marked as speech, all that do not duck are.
    /// - Throws: `EditError.mix` naming the member that does not fit.
    package static func tracks(_ document: JSONValue, count: Int) throws(EditError) -> [MixTrack] {
        var tracks = try parse(document)
        guard tracks.count <= count else {
            throw .mix(path: "tracks", problem: "has \(tracks.count) entries, but there are \(count) inputs")
        }
        tracks += Array(repeating: MixTrack(), count: count - tracks.count)
        guard tracks.contains(where: \.ducks) else { return tracks }
        if !tracks.contains(where: \.speaks) {
            for index in tracks.indices { tracks[index].speaks = !tracks[index].ducks }
        }
        guard tracks.contains(where: \.speaks) else {
            throw .mix(path: "tracks", problem: "all duck: one at least has to be speech that the others make room for")
        }
        return tracks
    }

    /// Looks at the document alone, before the inputs are known.
    /// - Throws: `EditError.mix`.
    package static func parse(_ document: JSONValue) throws(EditError) -> [MixTrack] {
        if document == .null { return [] }
        guard case .object(let members) = document else { throw .mix(path: "", problem: "must be an object") }
        try allow(["tracks"], in: members, at: "")
        guard let entries = members["tracks"]?.arrayValue else { throw .mix(path: "tracks", problem: "must be a list") }
        var tracks: [MixTrack] = []
        for (index, entry) in entries.enumerated() { tracks.append(try track(entry, "tracks.\(index)")) }
        return tracks
    }

    private static func track(_ value: JSONValue, _ path: String) throws(EditError) -> MixTrack {
        guard case .object(let members) = value else { throw .mix(path: path, problem: "must be an object") }
        try allow(numbers.map(\.name) + ["role", "loop", "duck"], in: members, at: path)
        var found: [String: Double] = [:]
        for (name, range, _, _) in numbers {
            guard let value = members[name] else { continue }
            guard let number = value.doubleValue, range.contains(number) else {
                throw .mix(path: "\(path).\(name)", problem: "must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            found[name] = number
        }
        func flag(_ name: String) throws(EditError) -> Bool {
            guard let value = members[name] else { return false }
            guard let flag = value.boolValue else { throw .mix(path: "\(path).\(name)", problem: "must be true or false") }
            return flag
        }
        var track = MixTrack()
        (track.gain, track.pan, track.start) = (found["gain_db"] ?? 0, found["pan"] ?? 0, found["start_s"] ?? 0)
        (track.fadeIn, track.fadeOut) = (found["fade_in_s"] ?? 0, found["fade_out_s"] ?? 0)
        (track.loops, track.ducks) = (try flag("loop"), try flag("duck"))
        if let role = members["role"] {
            guard let known = role.stringValue.flatMap(Role.init) else {
                throw .mix(path: "\(path).role", problem: "must be speech, music or other")
            }
            track.speaks = known == .speech
        }
        if track.ducks && track.speaks {
            throw .mix(path: "\(path).duck", problem: "can not be true for speech: it would be lowered by itself")
        }
        return track
    }

    private static func allow(_ names: [String], in members: [String: JSONValue], at path: String) throws(EditError) {
        guard let unknown = members.keys.sorted().first(where: { !names.contains($0) }) else { return }
        throw .mix(
            path: path.isEmpty ? unknown : "\(path).\(unknown)",
            problem: "is not known; there are: \(names.joined(separator: ", "))")
    }

    /// JSON Schema of the document.
    package static var schema: JSONValue {
        var properties: [String: JSONValue] = [
            "role": [
                "enum": .array(Role.allCases.map { .string($0.rawValue) }), "default": "other",
                "description": "What it is; while speech speaks, tracks that duck are lowered.",
            ],
            "loop": ["type": "boolean", "default": false, "description": "Begins anew when it ends, until the mix does."],
            "duck": ["type": "boolean", "default": false, "description": "Is lowered while speech speaks."],
        ]
        for (name, range, unit, help) in numbers {
            var number: [String: JSONValue] = [
                "type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound), "default": 0,
                "description": .string(help),
            ]
            if !unit.isEmpty { number["x-unit"] = .string(unit) }
            properties[name] = .object(number)
        }
        return [
            "type": "object", "additionalProperties": false, "required": ["tracks"],
            "properties": [
                "tracks": [
                    "type": "array", "maxItems": 16, "description": "One entry for each input, in their order.",
                    "items": ["type": "object", "additionalProperties": false, "properties": .object(properties)],
                ]
            ],
        ]
    }
}
