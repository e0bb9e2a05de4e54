import Primitives

/// Why nothing could be had of a language model.
enum ModelCallError: CodedError {
    /// The service does not know where the gateway is.
    case noGateway
    /// All calls failed: how the one did that says most.
    case failed(ModelClient.Failure)

    var code: String {
        switch self {
        case .noGateway: "no-gateway"
        case .failed(let failure): failure.code
        }
    }

    var message: String {
        switch self {
        case .noGateway: "this worker does not know the gateway: set gateway-url"
        case .failed(let failure): "no call of the model succeeded: \(failure.message)"
        }
    }

    var isRetriable: Bool {
        switch self {
        case .noGateway: false
        case .failed(let failure): failure.reach == .attempt
        }
    }
}
