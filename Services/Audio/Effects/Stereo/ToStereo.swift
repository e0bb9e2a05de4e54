/// Two channels from one.
struct ToStereo: Effect {
    static let type = "to_stereo"
    static let summary = "Gives a single channel to both sides; stereo stays as it is."
    static let parameters: [Parameter<ToStereo>] = []

    func channels(from channels: Int) throws(ChannelsUnsuitable) -> Int {
        guard channels <= 2 else {
            throw ChannelsUnsuitable(message: "to_stereo takes one or two channels, the audio has \(channels)")
        }
        return 2
    }

    static func unit(_ settings: Automated<ToStereo>, _ context: UnitContext) throws -> any EffectUnit { ToStereoUnit() }
}

final class ToStereoUnit: EffectUnit {
    private let storage = PlanarStorage(channels: 2)

    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws {
        guard block.channels == 1 else { return try emit(block) }
        for channel in 0..<2 { storage[channel].update(from: block.start(0), count: block.frames) }
        try emit(storage.block(block.frames))
    }

    func finish(emit: (PlanarBlock) throws -> Void) throws {}
}
