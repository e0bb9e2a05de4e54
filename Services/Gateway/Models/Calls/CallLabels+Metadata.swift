import ModelProtocols
import ModelRouting

extension CallLabels {
    /// - Parameter metadata: of the request; what else is in it is between the caller and the provider.
    init(metadata: JSONNode?) {
        self.init()
        (video, channel) = (Self.label(metadata?["video"]), Self.label(metadata?["channel"]))
    }

    private static func label(_ node: JSONNode?) -> String? {
        guard let text = node?.string, (1...limit).contains(text.utf8.count) else { return nil }
        return text
    }
}
