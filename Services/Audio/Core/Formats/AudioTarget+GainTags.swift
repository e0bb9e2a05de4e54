import Media

extension AudioTarget {
    /// The target without tags that tell players a gain, which no longer hold when the loudness changes: ReplayGain, Opus R128
    /// and iTunes Sound Check.
    var withoutGainTags: AudioTarget {
        var target = self
        target.tags = tags.filter { name, _ in
            !name.hasPrefix("replaygain_") && !name.hasPrefix("r128_") && name != "itunnorm"
        }
        return target
    }
}
