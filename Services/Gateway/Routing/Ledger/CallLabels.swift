/// What a call is made for, as its caller tells: its cost is counted by these.
package struct CallLabels: Sendable, Hashable {
    /// Most bytes of a label; a longer one is not counted.
    package static let limit = 200

    package var video: String?
    package var channel: String?

    package init() {}

    /// Takes what the call itself tells before what came beside it.
    package mutating func prefer(_ own: CallLabels) { (video, channel) = (own.video ?? video, own.channel ?? channel) }
}
