/// Left and right mixed into a new left and right.
struct StereoMatrix: Equatable {
    var leftFromLeft: Float = 1
    var leftFromRight: Float = 0
    var rightFromLeft: Float = 0
    var rightFromRight: Float = 1
}

/// Settings that come down to a stereo matrix.
protocol MatrixEffect: Effect {
    var matrix: StereoMatrix { get }
}

extension MatrixEffect {
    func channels(from channels: Int) throws(ChannelsUnsuitable) -> Int {
        guard channels == 2 else {
            throw ChannelsUnsuitable(message: "\(Self.type) takes two channels, the audio has \(channels)")
        }
        return 2
    }

    static func unit(_ settings: Automated<Self>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { MatrixUnit($0) }
    }
}

/// A stereo matrix at work; it moves evenly to another one.
final class MatrixUnit<Settings: MatrixEffect>: InPlaceUnit {
    private var ramps: [Ramp]

    init(_ settings: Settings) { ramps = Self.factors(settings).map(Ramp.init) }

    func retune(_ settings: Settings, over frames: Int) {
        for (index, factor) in Self.factors(settings).enumerated() { ramps[index].move(to: factor, over: frames) }
    }

    private static func factors(_ settings: Settings) -> [Float] {
        let matrix = settings.matrix
        return [matrix.leftFromLeft, matrix.leftFromRight, matrix.rightFromLeft, matrix.rightFromRight]
    }

    func process(_ block: PlanarBlock, at frame: Int) {
        let (left, right) = (block.start(0), block.start(1))
        let (ll, lr, rl, rr) = (ramps[0], ramps[1], ramps[2], ramps[3])
        for index in 0..<block.frames {
            let (l, r, n) = (left[index], right[index], Float(index))
            left[index] = (ll.value + n * ll.step) * l + (lr.value + n * lr.step) * r
            right[index] = (rl.value + n * rl.step) * l + (rr.value + n * rr.step) * r
        }
        for index in ramps.indices { ramps[index].advance(block.frames) }
    }
}
