/// The balance of two channels.
struct Balance: MatrixEffect {
    var balance = 0.0

    static let type = "balance"
    static let summary = "Makes one side quieter."
    static let parameters: [Parameter<Balance>] = [
        .automatable("balance", \.balance, in: -1...1, "-1 leaves the left side alone, 0 both, 1 the right side.")
    ]

    var matrix: StereoMatrix {
        StereoMatrix(leftFromLeft: Float(min(1, 1 - balance)), rightFromRight: Float(min(1, 1 + balance)))
    }
}
