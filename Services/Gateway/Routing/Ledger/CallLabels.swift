/// What a call is made for, as its caller tells: its cost is counted by these.
package struct CallLabels: Sendable, Hashable {
    /// Most bytes of a label; a longer one is not counted.
    package static let limit = 200

    package var video: String?
    package var channel: String?

    package init() {}

    /// What the call itself tells, before what came beside it.
    package func over(_ others: CallLabels) -> CallLabels {
        var labels = self
        (labels.video, labels.channel) = (video ?? others.video, channel ?? others.channel)
        return labels
    }
}
