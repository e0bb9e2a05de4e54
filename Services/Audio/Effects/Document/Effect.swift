/// A kind of effect: its parameters, and how it is put to work.
protocol Effect: EffectSettings {
    /// The name in documents, snake_case.
    static var type: String { get }
    /// One sentence on what it does.
    static var summary: String { get }

    /// The effect at work.
    /// - Throws: `ChainError` or another `CodedError` when it can not work on such audio.
    static func unit(_ settings: Automated<Self>, _ context: UnitContext) throws -> any EffectUnit

    /// Whether output frame n belongs to input frame n.
    var keepsTime: Bool { get }
    /// After how many seconds earlier input and earlier state change the output by less than 1e-3 of full scale.
    var settlingSeconds: Double { get }
    /// How many channels come out of so many.
    /// - Throws: `ChannelsUnsuitable`.
    func channels(from channels: Int) throws(ChannelsUnsuitable) -> Int
    /// How many frames come out of so many, where that is known beforehand.
    func frames(from frames: Int, sampleRate: Double) -> Int?
    /// The name of the impulse response that it needs.
    var impulse: String? { get }
}

extension Effect {
    var keepsTime: Bool { true }
    var settlingSeconds: Double { 0 }
    func channels(from channels: Int) throws(ChannelsUnsuitable) -> Int { channels }
    func frames(from frames: Int, sampleRate: Double) -> Int? { frames }
    var impulse: String? { nil }
}

/// An effect is not defined for so many channels.
struct ChannelsUnsuitable: Error {
    let message: String
}
