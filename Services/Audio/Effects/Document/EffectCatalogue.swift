/// Every effect there is, in the order in which people should see them.
enum EffectCatalogue {
    static let all: [any Effect.Type] = [
        Gain.self, Equalizer.self, Compressor.self, Limiter.self, Gate.self, DeEsser.self, Reverb.self, Convolution.self,
        Delay.self, Chorus.self, Flanger.self, Phaser.self, Saturation.self, PitchShift.self, TimeStretch.self, FadeIn.self,
        FadeOut.self, Trim.self, SilenceRemoval.self, ToMono.self, ToStereo.self, Width.self, Balance.self, SwapChannels.self,
        InvertPhase.self,
    ]

    static func effect(named type: String) -> (any Effect.Type)? { all.first { $0.type == type } }
}
