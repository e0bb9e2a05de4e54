import Media

/// The sounds of a timeline as tracks of a mix, their places counted in samples.
struct SoundPlan {
    /// Of everything that is assembled.
    static let sampleRate = 48_000
    private(set) var tracks: [(track: MixTrack, input: any MixInput)] = []
    /// Samples of each.
    private(set) var lengths: [Int] = []
    /// Samples of the whole.
    let frames: Int

    init(_ composition: Composition, plan: CompositionPlan, inputs: [String: CompositionInput]) {
        frames = plan.rate.samples(before: plan.frames, sampleRate: Self.sampleRate)
        for (index, segment) in plan.segments.enumerated() {
            let item = composition.items[segment.item]
            guard case .clip(let file, let from, _) = item.picture, !item.isMuted, let input = inputs[file], input.channels > 0
            else {
                continue
            }
            let start = plan.rate.samples(before: segment.frames.lowerBound, sampleRate: Self.sampleRate)
            let end = plan.rate.samples(before: segment.frames.upperBound, sampleRate: Self.sampleRate)
            var track = MixTrack()
            (track.gain, track.start) = (item.gain, Double(start) / Double(Self.sampleRate))
            track.fadeIn = Double(segment.entry) / plan.rate.value
            let next = index + 1 < plan.segments.count ? plan.segments[index + 1] : nil
            track.fadeOut = next.map { $0.isOverlapping ? Double($0.entry) / plan.rate.value : 0 } ?? composition.endFade
            add(track, input, from: from, length: end - start)
        }
        for lane in composition.tracks {
            for sound in lane.sounds {
                guard let input = inputs[sound.file], input.channels > 0 else { continue }
                var track = MixTrack()
                (track.gain, track.start, track.loops) = (lane.gain + sound.gain, sound.start, sound.loops)
                (track.fadeIn, track.fadeOut) = (sound.fadeIn, sound.fadeOut)
                (track.speaks, track.ducks) = (lane.speaks, lane.ducks)
                let rest = Double(frames) / Double(Self.sampleRate)
                let seconds = (sound.to ?? input.soundEnd ?? sound.from + rest) - sound.from
                add(track, input, from: sound.from, length: Int((seconds * Double(Self.sampleRate)).rounded()))
            }
        }
    }

    private mutating func add(_ track: MixTrack, _ input: CompositionInput, from: Double, length: Int) {
        tracks.append(
            (track, ClipSound(path: input.path, from: from, length: length, channels: input.channels, sampleRate: Self.sampleRate)))
        lengths.append(length)
    }
}
