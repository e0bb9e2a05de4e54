/// Splits stereo sound into stems while it streams through. The stems sum to the mix, sample by sample.
protocol StemSplitter: AnyObject {
    /// Takes some audio; `emit` gets what has become complete, by stem and channel.
    func push(_ planes: [UnsafeBufferPointer<Float>], _ emit: ([[[Float]]]) throws -> Void) throws

    /// Gives the rest: as many samples have then come out as went in.
    func finish(_ emit: ([[[Float]]]) throws -> Void) throws
}
