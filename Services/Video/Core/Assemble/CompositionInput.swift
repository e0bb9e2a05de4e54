import Jobs
import Media

/// One of the files that a timeline names.
struct CompositionInput: Sendable {
    let path: String
    /// Whether it is a single picture.
    let isStill: Bool
    let hasVideo: Bool
    /// Seconds of its pictures by the header.
    let videoEnd: Double?
    /// Seconds of its sound by the header.
    let soundEnd: Double?
    /// Of its sound, 1 or 2; 0 without.
    let channels: Int

    /// - Throws: `MediaError`.
    init(path: String, sniffsMedia: Bool = true) throws(MediaError) {
        self.path = path
        isStill = StillDecoder.isStill(path: path)
        guard !isStill, sniffsMedia else {
            (hasVideo, videoEnd, soundEnd, channels) = (false, nil, nil, 0)
            return
        }
        let info = try MediaReader(path: path).info
        hasVideo = !info.video.isEmpty
        videoEnd = info.video.first?.duration ?? info.duration
        soundEnd = info.audio.first?.duration ?? info.duration
        channels = min(2, info.audio.first?.channels ?? 0)
    }

    /// The inputs by the names that a timeline uses: a file's own name, with or without its extension.
    /// - Throws: `CompositionError` for a name that no input has, or more than one; `MediaError`.
    static func find(_ composition: Composition, _ inputs: [JobContext.Input]) throws -> [String: CompositionInput] {
        var found: [String: CompositionInput] = [:]
        for name in composition.files.sorted() {
            let same = inputs.filter { $0.name == name }
            let called = same.isEmpty ? inputs.filter { $0.name.hasPrefix(name + ".") } : same
            guard called.count < 2 else {
                throw CompositionError(
                    composition.place(of: name),
                    "names \(name), which \(called.count) inputs are called (\(called.map(\.name).joined(separator: ", "))): "
                        + "give each a name of its own")
            }
            guard let input = called.first else {
                let known = inputs.map(\.name).joined(separator: ", ")
                throw CompositionError(
                    composition.place(of: name),
                    "names \(name), which is not among the inputs; there are: \(known.isEmpty ? "none" : known)")
            }
            found[name] = try CompositionInput(path: input.path, sniffsMedia: composition.captions?.file != name)
        }
        try composition.check(found)
        return found
    }
}

extension Composition {
    /// The path of the first member that names a file.
    fileprivate func place(of file: String) -> String {
        for (index, item) in items.enumerated() {
            switch item.picture {
            case .clip(file, _, _): return "video.\(index).clip"
            case .still(file, _): return "video.\(index).still"
            default: continue
            }
        }
        for (index, track) in tracks.enumerated() {
            if let sound = track.sounds.firstIndex(where: { $0.file == file }) { return "audio.\(index).clips.\(sound).file" }
        }
        return "captions.file"
    }

    /// Whether the files are what they are used as.
    fileprivate func check(_ inputs: [String: CompositionInput]) throws(CompositionError) {
        for (index, item) in items.enumerated() {
            switch item.picture {
            case .clip(let file, _, _) where inputs[file]?.hasVideo == false:
                throw CompositionError(
                    "video.\(index).clip", inputs[file]?.isStill == true ? "is a picture: name it as still" : "has no pictures")
            case .still(let file, _) where inputs[file]?.isStill == false:
                throw CompositionError("video.\(index).still", "is no picture of JPEG, PNG or WebP")
            default: continue
            }
        }
        for (index, track) in tracks.enumerated() {
            var ends: [(start: Double, end: Double)] = []
            for (number, sound) in track.sounds.enumerated() {
                let path = "audio.\(index).clips.\(number)"
                guard let input = inputs[sound.file], input.channels > 0 else {
                    throw CompositionError("\(path).file", "has no sound")
                }
                if let end = input.soundEnd, sound.from >= end {
                    throw CompositionError("\(path).in_s", "lies after the end of \(sound.file) at \(end) s")
                }
                let length = (sound.to ?? input.soundEnd ?? sound.from) - sound.from
                let end = sound.loops ? Double.infinity : sound.start + length
                // What touches may overlap by what headers round.
                if let other = ends.firstIndex(where: { $0.start < end - 0.05 && sound.start < $0.end - 0.05 }) {
                    throw CompositionError("\(path).start_s", "overlaps audio.\(index).clips.\(other) of the same track")
                }
                ends.append((sound.start, end))
            }
        }
    }

}
