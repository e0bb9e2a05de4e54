import Primitives

/// The opposite sign.
struct InvertPhase: Effect {
    enum Channels: String, CaseIterable, Sendable {
        case all, left, right
    }

    var selection = Channels.all

    static let type = "invert_phase"
    static let summary = "Turns the sign of one side or of all channels."
    static let parameters: [Parameter<InvertPhase>] = [
        .choice("channels", \.selection, "Which channels; left is the first and right the second one.")
    ]

    func channels(from channels: Int) throws(ChannelsUnsuitable) -> Int {
        guard selection != .right || channels >= 2 else {
            throw ChannelsUnsuitable(message: "invert_phase can not turn the right channel of audio that has one channel")
        }
        return channels
    }

    static func unit(_ settings: Automated<InvertPhase>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { InvertPhaseUnit($0) }
    }
}

final class InvertPhaseUnit: InPlaceUnit {
    private let selection: InvertPhase.Channels

    init(_ settings: InvertPhase) { selection = settings.selection }

    func retune(_ settings: InvertPhase, over frames: Int) {}

    func process(_ block: PlanarBlock, at frame: Int) {
        let channels =
            switch selection {
            case .all: 0..<block.channels
            case .left: 0..<1
            case .right: 1..<2
            }
        for channel in channels { block.start(channel).multiply(by: -1, step: 0, count: block.frames) }
    }
}
