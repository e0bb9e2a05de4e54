/// Left for right.
struct SwapChannels: MatrixEffect {
    static let type = "swap_channels"
    static let summary = "Exchanges left and right."
    static let parameters: [Parameter<SwapChannels>] = []

    var matrix: StereoMatrix { StereoMatrix(leftFromLeft: 0, leftFromRight: 1, rightFromLeft: 1, rightFromRight: 0) }
}
