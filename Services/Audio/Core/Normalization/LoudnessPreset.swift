/// Where a programme is going, and the loudness that is asked for there.
package enum LoudnessPreset: String, Sendable, Hashable, CaseIterable {
    case spotify
    case apple
    case youtube
    case amazon
    case tidal
    case podcast
    /// EBU R 128.
    case ebuR128 = "ebu-r128"
    /// ATSC A/85.
    case atscA85 = "atsc-a85"

    /// The loudness and peak that the destination asks for.
    package var target: LoudnessTarget {
        switch self {
        case .spotify, .youtube, .tidal: LoudnessTarget(integrated: -14, truePeak: -1)
        case .apple, .podcast: LoudnessTarget(integrated: -16, truePeak: -1)
        case .amazon: LoudnessTarget(integrated: -14, truePeak: -2)
        case .ebuR128: LoudnessTarget(integrated: -23, truePeak: -1)
        case .atscA85: LoudnessTarget(integrated: -24, truePeak: -2)
        }
    }
}

/// What a normalised programme shall measure.
package struct LoudnessTarget: Sendable, Hashable {
    /// Integrated loudness, LUFS.
    package var integrated: Double
    /// The highest true peak, dBTP.
    package var truePeak: Double

    package init(integrated: Double, truePeak: Double) {
        self.integrated = integrated
        self.truePeak = truePeak
    }
}
